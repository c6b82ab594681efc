// A team is a subgroup.
#define TEAM gl_SubgroupID
#define TEAMS gl_NumSubgroups
#define LANE gl_SubgroupInvocationID
#define LANES gl_SubgroupSize
#define SUM subgroupAdd

// A team is a work group; see teams.glsl. Before including: groupSum.
#define TEAM 0
#define TEAMS 1
#define LANE gl_LocalInvocationID.x
#define LANES gl_WorkGroupSize.x
#define SUM groupSum

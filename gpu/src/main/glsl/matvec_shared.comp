#version 450
// Matrix times vector, summed up in shared memory: needs Vulkan 1.1 alone.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
#include "reduce.glsl"
shared vec4 partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, vec4, partial, PLUS)
#include "group_team.glsl"
#include "matvec8.glsl"

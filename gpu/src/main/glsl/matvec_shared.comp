#version 450
// Matrix times vector, a work group as a team, summed up in shared memory: needs Vulkan 1.1 alone.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
#include "reduce.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };
#define X_QUAD(i) xQuads[i]
shared vec4 partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, vec4, partial, PLUS)
#define TEAM 0
#define TEAMS 1
#define LANE gl_LocalInvocationID.x
#define LANES gl_WorkGroupSize.x
#define SUM groupSum
#include "matvec.glsl"

#version 450
// Matrix times vector, summed up in shared memory: needs Vulkan 1.1 alone.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
#include "reduce.glsl"
#define GROUP_SUM groupSum
#include "matvec.glsl"

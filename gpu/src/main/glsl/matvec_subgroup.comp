#version 450
// Matrix times vector, summed up by subgroup operations: first each subgroup of the work group, then their sums.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "product.glsl"
shared float partial[gl_WorkGroupSize.x];

float subgroupsSum(float value) {
    float sum = subgroupAdd(value);
    if (gl_NumSubgroups == 1) {
        return sum;
    }
    if (subgroupElect()) {
        partial[gl_SubgroupID] = sum;
    }
    barrier();
    float total = 0;
    for (uint i = 0; i < gl_NumSubgroups; i++) {
        total += partial[i];
    }
    return total;
}
#define GROUP_SUM subgroupsSum
#include "matvec.glsl"

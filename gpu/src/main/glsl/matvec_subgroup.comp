#version 450
// Matrix times vector, summed up by subgroups.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "product.glsl"
#include "subgroup_sum.glsl"
#include "group_team.glsl"
#include "matvec8.glsl"

#version 450
// Quantised matrix times quantised vector.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_integer_dot_product : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { uvec4 xBlocks[]; };
#define X_BLOCK(i) xBlocks[i]
#include "subgroup_sum.glsl"
#include "group_team.glsl"
#include "matvec_integer.glsl"

#version 450
// Quantised matrix times quantised vector for devices that are CPUs. Weights and x are texels.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_integer_dot_product : require
#define TEXELS
#include "product.glsl"
layout(set = 0, binding = 2) uniform utextureBuffer xTexels;
#define X_BLOCK(i) texelFetch(xTexels, int(i))
#include "subgroup_teams.glsl"
#include "matvec_integer.glsl"

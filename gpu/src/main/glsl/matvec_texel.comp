#version 450
// Matrix times vector for devices that are CPUs, a subgroup as a team. Weights and x are texels.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#define TEXELS
#include "product.glsl"
layout(set = 0, binding = 2) uniform utextureBuffer xTexels;
#define X_QUAD(i) uintBitsToFloat(texelFetch(xTexels, int(i)))
#include "subgroup_teams.glsl"
#include "matvec.glsl"

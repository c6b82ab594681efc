#version 450
// Matrix times vector, a subgroup as a team.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };
#define X_QUAD(i) xQuads[i]
#include "subgroup_teams.glsl"
#include "matvec.glsl"

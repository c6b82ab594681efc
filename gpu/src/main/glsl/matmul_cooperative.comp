#version 450
// Matrix product in tiles of 64 x 64 by cooperative matrices of 16 x 16, four subgroups of 32 x 32 each. They multiply
// float16: a value of x goes in as two halves, scaled by its row's exponent, which keeps 22 bits; weights go in as they are
// stored, quants as whole numbers whose scales are applied to each block's sums. For F16, Q8_0 and Q4_0
// alone: float32 and bfloat16 hold numbers that float16 does not.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_cooperative_matrix : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };
const uint SIDE = 64;
const uint DEPTH = 32; // a block of the quantised types
const uint PITCH = DEPTH + 8; // of a row in shared memory, so that rows lie in other banks
shared float16_t high[SIDE * PITCH];
shared float16_t low[SIDE * PITCH];
shared float16_t weights[SIDE * PITCH];
shared float rowScales[SIDE];
shared float columnScales[SIDE];
shared float scales[SIDE * SIDE]; // of a block's sums; at the end the tile itself

#define A coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseA>
#define B coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseB>
#define C coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>

float largest(vec4 v) {
    v = abs(v);
    return max(max(v.x, v.y), max(v.z, v.w));
}

void keepRow(uint row, uint at, bool inside) {
    vec4 quads[DEPTH / 4];
    float most = 0;
    [[unroll]] for (uint i = 0; i < DEPTH / 4; i++) {
        quads[i] = inside ? xQuads[(at >> 2) + i] : vec4(0);
        most = max(most, largest(quads[i]));
    }
    int exponent = 0;
    frexp(most, exponent);
    exponent = most == 0.0 || !isNumber(most) ? 0 : clamp(exponent, -120, 120);
    rowScales[row] = ldexp(1.0, exponent);
    [[unroll]] for (uint i = 0; i < DEPTH; i++) {
        float value = ldexp(quads[i / 4][i % 4], -exponent);
        float16_t rounded = float16_t(value);
        high[row * PITCH + i] = rounded;
        low[row * PITCH + i] = float16_t(value - float(rounded));
    }
}

void keepColumn(uint column, uint at, bool inside) {
    Weights32 w = weights32(at);
    vec4 quads[DEPTH / 4] = {w.a, w.b, w.c, w.d, w.e, w.f, w.g, w.h};
    columnScales[column] = inside ? w.scale : 0.0;
    [[unroll]] for (uint i = 0; i < DEPTH; i++) {
        weights[column * PITCH + i] = float16_t(quads[i / 4][i % 4]);
    }
}

void main() {
    uint tiles = (columns + SIDE - 1) / SIDE;
    uint column0 = group() % tiles * SIDE;
    uint row0 = group() / tiles * SIDE;
    uint count = live(rows);
    if (row0 >= count) {
        return;
    }
    uint lane = gl_LocalInvocationID.x;
    uint lanes = gl_WorkGroupSize.x; // four subgroups, 128 or more
    uint mine = min(row0 + lane % SIDE, count - 1);
    uint column = min(column0 + lane % SIDE, columns - 1);
    uint rowPart = gl_SubgroupID / 2 * 32;
    uint columnPart = gl_SubgroupID % 2 * 32;
    C sums[2][2];
    [[unroll]] for (uint i = 0; i < 2; i++) {
        [[unroll]] for (uint j = 0; j < 2; j++) {
            sums[i][j] = C(0.0);
        }
    }
    for (uint from = 0; from < depth; from += DEPTH) {
        if (lane < SIDE) {
            keepRow(lane, xAt + mine * xStride + from, row0 + lane < count);
        } else if (lane < 2 * SIDE) {
            keepColumn(lane - SIDE, weightAt + column * weightStride + from, column0 + lane - SIDE < columns);
        }
        barrier();
        for (uint i = lane; i < SIDE * SIDE; i += lanes) {
            scales[i] = rowScales[i / SIDE] * columnScales[i % SIDE];
        }
        C block[2][2];
        [[unroll]] for (uint i = 0; i < 2; i++) {
            [[unroll]] for (uint j = 0; j < 2; j++) {
                block[i][j] = C(0.0);
            }
        }
        [[unroll]] for (uint k = 0; k < DEPTH; k += 16) {
            B w[2];
            [[unroll]] for (uint j = 0; j < 2; j++) {
                coopMatLoad(w[j], weights, (columnPart + 16 * j) * PITCH + k, PITCH, gl_CooperativeMatrixLayoutColumnMajor);
            }
            [[unroll]] for (uint i = 0; i < 2; i++) {
                A x;
                coopMatLoad(x, high, (rowPart + 16 * i) * PITCH + k, PITCH, gl_CooperativeMatrixLayoutRowMajor);
                [[unroll]] for (uint j = 0; j < 2; j++) {
                    block[i][j] = coopMatMulAdd(x, w[j], block[i][j]);
                }
                coopMatLoad(x, low, (rowPart + 16 * i) * PITCH + k, PITCH, gl_CooperativeMatrixLayoutRowMajor);
                [[unroll]] for (uint j = 0; j < 2; j++) {
                    block[i][j] = coopMatMulAdd(x, w[j], block[i][j]);
                }
            }
        }
        barrier();
        [[unroll]] for (uint i = 0; i < 2; i++) {
            [[unroll]] for (uint j = 0; j < 2; j++) {
                C scale;
                uint at = (rowPart + 16 * i) * SIDE + columnPart + 16 * j;
                coopMatLoad(scale, scales, at, SIDE, gl_CooperativeMatrixLayoutRowMajor);
                sums[i][j] += block[i][j] * scale;
            }
        }
        barrier();
    }
    [[unroll]] for (uint i = 0; i < 2; i++) {
        [[unroll]] for (uint j = 0; j < 2; j++) {
            uint at = (rowPart + 16 * i) * SIDE + columnPart + 16 * j;
            coopMatStore(sums[i][j], scales, at, SIDE, gl_CooperativeMatrixLayoutRowMajor);
        }
    }
    barrier();
    for (uint i = lane; i < SIDE * SIDE; i += lanes) {
        if (row0 + i / SIDE < count && column0 + i % SIDE < columns) {
            finish(row0 + i / SIDE, column0 + i % SIDE, scales[i]);
        }
    }
}

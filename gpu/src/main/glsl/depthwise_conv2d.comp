#version 450
// Each channel with a kernel of its own; or, without weights, the mean of each window.
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 3
#define SCALES 4
#include "common.glsl"
#include "weight.glsl"
#include "window.glsl"
layout(constant_id = 2) const bool MEAN = false;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, columns;
    WINDOW;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    int top = int(row) / outWidth * strideY - padTop;
    int left = int(row) % outWidth * strideX - padLeft;
    float sum = 0;
    for (int ky = max(0, -top); ky < min(kernelHeight, height - top); ky++) {
        for (int kx = max(0, -left); kx < min(kernelWidth, width - left); kx++) {
            float value = x[xAt + uint((top + ky) * width + left + kx) * xStride + column];
            sum += MEAN ? value : value * weight(weightAt + uint(ky * kernelWidth + kx) * weightStride + column);
        }
    }
    result[outAt + row * outStride + column] = MEAN ? sum / float(kernelHeight * kernelWidth) : sum;
}

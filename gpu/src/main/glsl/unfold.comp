#version 450
// Patches of a picture as rows, zeros outside.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "window.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, channels, firstPatch;
    WINDOW;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    int patchNumber = int(firstPatch + row);
    int tap = int(column / channels);
    int y = patchNumber / outWidth * strideY - padTop + tap / kernelWidth;
    int left = patchNumber % outWidth * strideX - padLeft + tap % kernelWidth;
    bool inside = y >= 0 && y < height && left >= 0 && left < width;
    result[outAt + row * outStride + column] =
            inside ? x[xAt + uint(y * width + left) * xStride + column % channels] : 0.0;
}

#version 450
// A picture in another size: nearest pixel, or bilinear with half-pixel centres.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(constant_id = 1) const bool BILINEAR = false;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, height, width, outHeight, outWidth;
};

float pixel(uint y, uint left, uint channel) {
    return x[xAt + (y * width + left) * xStride + channel];
}

float source(uint at, uint size, uint outSize) {
    return max(0.0, (float(at) + 0.5) * float(size) / float(outSize) - 0.5);
}

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    uint outY = row / outWidth;
    uint outX = row % outWidth;
    float value;
    if (BILINEAR) {
        float y = source(outY, height, outHeight);
        float left = source(outX, width, outWidth);
        uint y0 = uint(y);
        uint x0 = uint(left);
        uint y1 = min(y0 + 1, height - 1);
        uint x1 = min(x0 + 1, width - 1);
        value = mix(
                mix(pixel(y0, x0, column), pixel(y0, x1, column), left - float(x0)),
                mix(pixel(y1, x0, column), pixel(y1, x1, column), left - float(x0)),
                y - float(y0));
    } else {
        value = pixel(outY * height / outHeight, outX * width / outWidth, column);
    }
    result[outAt + row * outStride + column] = value;
}

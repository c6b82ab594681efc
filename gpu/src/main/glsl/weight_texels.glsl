// A weight matrix as texels, for devices that are CPUs: there a fetch of 16 bytes for each lane costs a tenth of four loads
// from a storage buffer.
#include "types.glsl"
layout(set = 0, binding = WEIGHT) uniform utextureBuffer weightTexels;
#define WEIGHT_QUAD(i) texelFetch(weightTexels, int(i))
layout(set = 0, binding = SCALES) uniform textureBuffer scaleTexels;

uint WEIGHT_WORD(uint i) {
    uvec4 quad = WEIGHT_QUAD(i >> 2);
    uvec2 pair = (i & 2) == 0 ? quad.xy : quad.zw;
    return (i & 1) == 0 ? pair.x : pair.y;
}

float scaleOf(uint block) {
    return texelFetch(scaleTexels, int(block)).x;
}
#include "weights32.glsl"

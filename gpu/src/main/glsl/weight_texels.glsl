// A weight matrix as texels, for devices that are CPUs: there a fetch of 16 bytes for each lane costs a tenth of four loads
// from a storage buffer.
#include "types.glsl"
layout(set = 0, binding = WEIGHT) uniform utextureBuffer weightTexels;
#define WEIGHT_QUAD(i) texelFetch(weightTexels, int(i))
layout(set = 0, binding = SCALES) uniform textureBuffer scaleTexels;

float scaleOf(uint block) {
    return texelFetch(scaleTexels, int(block)).x;
}

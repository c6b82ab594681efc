// A weight matrix in its stored type (TYPE, see ShaderCodes), read as float32. Quantised types lie in two planes: the quants,
// and the float16 scales of their blocks of 32.
#define F32 0
#define F16 1
#define BF16 2
#define Q8_0 3
#define Q4_0 4
#define WEIGHT global const uchar *weights, global const half *scales

// Element number i.
#if TYPE == F16
#define weight(i) vload_half(i, (global const half *)weights)
#elif TYPE == BF16
#define weight(i) as_float((uint)((global const ushort *)weights)[i] << 16)
#elif TYPE == Q8_0
#define weight(i) (vload_half((i) >> 5, scales) * (float)((global const char *)weights)[i])
#elif TYPE == Q4_0
// a block's 16 bytes hold elements 0..15 in their low nibbles and 16..31 in the high ones
#define weight(i) \
    (vload_half((i) >> 5, scales) * (float)((weights[((i) >> 5) * 16 + ((i) & 15)] >> ((i) >> 2 & 4) & 15) - 8))
#else
#define weight(i) ((global const float *)weights)[i]
#endif

// 32 neighbours, a whole block of a quantised type, without their scale.
typedef struct {
    float16 first;
    float16 second;
    float scale;
} Block;

Block block(WEIGHT, uint i) {
    Block b;
    b.scale = 1.0f;
#if TYPE == F16
    b.first = vload_half16(0, (global const half *)weights + i);
    b.second = vload_half16(0, (global const half *)weights + i + 16);
#elif TYPE == BF16
    b.first = as_float16(convert_uint16(vload16(0, (global const ushort *)weights + i)) << 16);
    b.second = as_float16(convert_uint16(vload16(0, (global const ushort *)weights + i + 16)) << 16);
#elif TYPE == Q8_0
    b.first = convert_float16(vload16(0, (global const char *)weights + i));
    b.second = convert_float16(vload16(0, (global const char *)weights + i + 16));
    b.scale = vload_half(i >> 5, scales);
#elif TYPE == Q4_0
    uchar16 q = vload16(i >> 5, weights);
    b.first = convert_float16(convert_int16(q & (uchar)15) - 8);
    b.second = convert_float16(convert_int16(q >> (uchar)4) - 8);
    b.scale = vload_half(i >> 5, scales);
#else
    b.first = vload16(0, (global const float *)weights + i);
    b.second = vload16(0, (global const float *)weights + i + 16);
#endif
    return b;
}

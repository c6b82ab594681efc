// A weight matrix in its stored type (TYPE, see ShaderCodes), read as float32. Quantised types lie in two planes, quants and
// float16 scales, see BlockLayout.
#define F32 0
#define F16 1
#define BF16 2
#define Q8_0 3
#define Q4_0 4
#define Q4_1 5
#define Q5_0 6
#define Q5_1 7
#define IQ4_NL 8
#define Q2_K 9
#define Q3_K 10
#define Q4_K 11
#define Q5_K 12
#define Q6_K 13
#define IQ4_XS 14
#define WEIGHT global const uchar *weights, global const half *scales

#if TYPE >= Q4_0
#include "blocks.cl"
#endif

// Element number i.
#if TYPE == F16
#define weight(i) vload_half(i, (global const half *)weights)
#elif TYPE == BF16
#define weight(i) as_float((uint)((global const ushort *)weights)[i] << 16)
#elif TYPE == Q8_0
#define weight(i) (vload_half((i) >> 5, scales) * (float)((global const char *)weights)[i])
#elif TYPE >= Q4_0
#define weight(i) blockValue(weights, scales, i)
#else
#define weight(i) ((global const float *)weights)[i]
#endif

// 32 neighbours, a whole block of a quantised type, without their scale. Blocks that have more than a scale come finished,
// with a scale of 1.
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
#elif TYPE >= Q4_0
    uchar16 first, second;
    quantsOf(weights, i >> 5, &first, &second);
    b.first = numbers(first);
    b.second = numbers(second);
#if ONE_SCALE
    b.scale = vload_half(i >> 5, scales);
#else
    Scales s = scalesOf(weights, scales, i >> 5);
    b.first = s.scale.x * b.first - s.minimum.x;
    b.second = s.scale.y * b.second - s.minimum.y;
#endif
#else
    b.first = vload16(0, (global const float *)weights + i);
    b.second = vload16(0, (global const float *)weights + i + 16);
#endif
    return b;
}

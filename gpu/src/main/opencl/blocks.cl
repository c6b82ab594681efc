// Blocks of 32 quants of four bits and more in records of RECORD bytes for eight of them, see BlockLayout.
#if TYPE == Q6_K
#define HIGH_BITS 2
#elif TYPE == Q5_0 || TYPE == Q5_1 || TYPE == Q5_K
#define HIGH_BITS 1
#else
#define HIGH_BITS 0
#endif
#define GROUPS (TYPE >= Q2_K) /* scales are quantised too */
#define MINIMA (TYPE == Q4_1 || TYPE == Q5_1 || TYPE == Q2_K || TYPE == Q4_K || TYPE == Q5_K)
#define ONE_SCALE (!GROUPS && !MINIMA) /* is all that a block has */
#define TABLE (TYPE == IQ4_NL || TYPE == IQ4_XS) /* steps that are not even */
#define ZERO (TYPE == Q4_0 ? 8 : TYPE == Q5_0 ? 16 : TYPE == Q6_K ? 32 : TYPE == Q3_K ? 4 : 0) /* the quant of a 0 */
#define RECORD (16 * (8 + 2 * HIGH_BITS + GROUPS))
#define RECORD_OF(block) (weights + (size_t)RECORD * ((block) >> 3))

// Bits above the nibbles of 16 quants, at their place in a byte; the word's shift differs from four quants to the next.
#if HIGH_BITS > 0
uchar16 above(uint word, uint4 shift) {
#if HIGH_BITS == 1
    return as_uchar16((((uint4)word >> shift) & 0x01010101u) << 4);
#else
    return as_uchar16((((uint4)word >> shift) & 0x03030303u) << 4);
#endif
}
#endif

void quantsOf(global const uchar *weights, uint block, uchar16 *first, uchar16 *second) {
    global const uchar *record = RECORD_OF(block);
    uchar16 nibbles = vload16(block & 7, record);
    *first = nibbles & (uchar)15;
    *second = nibbles >> (uchar)4;
#if HIGH_BITS == 1
    uint high = ((global const uint *)(record + 128))[block & 7];
    *first |= above(high, (uint4)(0, 1, 2, 3));
    *second |= above(high, (uint4)(4, 5, 6, 7));
#elif HIGH_BITS == 2
    uint2 high = vload2(block & 7, (global const uint *)(record + 128));
    *first |= above(high.x, (uint4)(0, 2, 4, 6));
    *second |= above(high.y, (uint4)(0, 2, 4, 6));
#endif
}

#if TABLE
constant char VALUES[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}; // kvalues_iq4nl

float16 numbers(uchar16 q) {
    return (float16)(
            VALUES[q.s0], VALUES[q.s1], VALUES[q.s2], VALUES[q.s3], VALUES[q.s4], VALUES[q.s5], VALUES[q.s6], VALUES[q.s7],
            VALUES[q.s8], VALUES[q.s9], VALUES[q.sa], VALUES[q.sb], VALUES[q.sc], VALUES[q.sd], VALUES[q.se], VALUES[q.sf]);
}
#else
#define numbers(q) convert_float16(convert_int16(q) - ZERO)
#endif

// A value is scale * number - minimum; of the block's two halves.
typedef struct {
    float2 scale;
    float2 minimum;
} Scales;

Scales scalesOf(WEIGHT, uint block) {
    Scales s;
    s.minimum = 0.0f;
#if GROUPS
    uint record = block >> 3;
    global const uchar *both = RECORD_OF(block) + RECORD - 16 + 2 * (block & 7);
#if TYPE == Q4_K || TYPE == Q5_K
    s.scale = vload_half(2 * record, scales) * (float)both[0];
    s.minimum = vload_half(2 * record + 1, scales) * (float)both[1];
#elif TYPE == Q2_K
    s.scale = vload_half(2 * record, scales) * (float2)(both[0] & 15, both[1] & 15);
    s.minimum = vload_half(2 * record + 1, scales) * (float2)(both[0] >> 4, both[1] >> 4);
#else
    s.scale = vload_half(record, scales) * (float2)((char)both[0], (char)both[1]);
#endif
#elif MINIMA
    s.scale = vload_half(2 * block, scales);
    s.minimum = -vload_half(2 * block + 1, scales);
#else
    s.scale = vload_half(block, scales);
#endif
    return s;
}

// Element number i.
float blockValue(WEIGHT, uint i) {
    uchar16 first, second;
    quantsOf(weights, i >> 5, &first, &second);
    Scales s = scalesOf(weights, scales, i >> 5);
    bool later = (i & 16) != 0;
    float values[16];
    vstore16(numbers(later ? second : first), 0, values);
    return (later ? s.scale.y : s.scale.x) * values[i & 15] - (later ? s.minimum.y : s.minimum.x);
}

/*
 * The kernels for one instruction set: NAME(name) names a function, DOT(sum, u, s) adds products of unsigned and signed bytes
 * to int32 lanes, four neighbours to a lane. TOGETHER rows share what is loaded of the activation; they are far apart, since
 * memory is read ahead in streams, and rows one after the other were three times as slow. Layouts of blocks: ggml-common.h.
 */

/* A float16 in all lanes. */
static inline __m256 NAME(half)(const uint8_t *at) {
    int16_t half;
    __builtin_memcpy(&half, at, sizeof half);
    return _mm256_cvtph_ps(_mm_set1_epi16(half));
}

/* Lanes of the dot products of 32 unsigned bytes with a group's integers. */
static inline __m256i NAME(integer_dot)(__m256i u, const activation *x, int group) {
    const __m256i *digits = (const __m256i *) x->digits[group];
    __m256i sum = DOT(_mm256_setzero_si256(), u, _mm256_load_si256(digits + 2));
    sum = DOT(_mm256_slli_epi32(sum, 8), u, _mm256_load_si256(digits + 1));
    return DOT(_mm256_slli_epi32(sum, 8), u, _mm256_load_si256(digits));
}

/* The same of bytes that stand for the activation's bias less than they are. */
static inline __m256i NAME(biased_dot)(__m256i u, const activation *x, int group) {
    return _mm256_sub_epi32(NAME(integer_dot)(u, x, group), _mm256_load_si256((const __m256i *) x->biases[group]));
}

/* sum + lanes * scale */
static inline __m256 NAME(scaled)(__m256i lanes, __m256 scale, __m256 sum) {
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(lanes), scale, sum);
}

/* Eight signed bytes as float32. */
static inline __m256 NAME(floats)(__m128i bytes) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
}

static inline __m256 NAME(lane)(__m256 v, int lane) {
    return _mm256_permutevar8x32_ps(v, _mm256_set1_epi32(lane));
}

static inline float NAME(sum)(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

/* One of four vectors' lowest digits taken off, as bytes in order. */
static inline __m256i NAME(digit)(__m256i v[4]) {
    __m256i d[4];
    for (int i = 0; i < 4; i++) {
        d[i] = _mm256_srai_epi32(_mm256_slli_epi32(v[i], 24), 24);
        v[i] = _mm256_srai_epi32(_mm256_sub_epi32(v[i], d[i]), 8);
    }
    __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(d[0], d[1]), _mm256_packs_epi32(d[2], d[3]));
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/* 32 values at a time as integers and a scale; NaN where one is not finite. */
static void NAME(quantize)(const float *x, int32_t columns, int32_t bias, activation *out) {
    const __m256 signs = _mm256_set1_ps(-0.0f);
    for (int group = 0; group < columns / GROUP; group++, x += GROUP) {
        __m256 most = _mm256_setzero_ps(), total = most, unreal = most;
        for (int i = 0; i < GROUP; i += 8) {
            __m256 v = _mm256_loadu_ps(x + i);
            most = _mm256_max_ps(most, _mm256_andnot_ps(signs, v));
            total = _mm256_add_ps(total, v);
            unreal = _mm256_add_ps(unreal, _mm256_sub_ps(v, v)); /* 0, or NaN */
        }
        __m128 m = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
        m = _mm_max_ps(m, _mm_movehl_ps(m, m));
        float max = _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
        int nothing = max < 1e-30f; /* its inverse would not be finite */
        __m256 factor = _mm256_set1_ps(nothing ? 0 : 0x3fffffp0f / max);
        __m256i v[4];
        for (int i = 0; i < 4; i++) {
            v[i] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), factor));
        }
        for (int i = 0; i < 3; i++) {
            _mm256_store_si256((__m256i *) out->digits[group][i], NAME(digit)(v));
        }
        __m256i biases = NAME(integer_dot)(_mm256_set1_epi8((char) bias), out, group);
        _mm256_store_si256((__m256i *) out->biases[group], biases);
        out->scale[group] = (nothing ? 0 : max / 0x3fffffp0f) + NAME(sum)(unreal);
        out->total[group] = NAME(sum)(total);
    }
}

/* What follows adds the products of one block, in the lanes of a sum. */

/* {half d, 16 bytes}: d * (q - 8), low nibbles first. */
static inline __m256 NAME(q4_0)(const uint8_t *w, const activation *x, int group, __m256 sum) {
    __m128i v = _mm_loadu_si128((const __m128i *) (w + 2));
    __m256i u = _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(v, 4), v), _mm256_set1_epi8(15));
    __m256 scale = _mm256_mul_ps(NAME(half)(w), _mm256_broadcast_ss(x->scale + group));
    return NAME(scaled)(NAME(biased_dot)(u, x, group), scale, sum);
}

/* {half d, 32 signed bytes}: d * q. */
static inline __m256 NAME(q8_0)(const uint8_t *w, const activation *x, int group, __m256 sum) {
    __m256i u = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *) (w + 2)), _mm256_set1_epi8((char) 0x80));
    __m256 scale = _mm256_mul_ps(NAME(half)(w), _mm256_broadcast_ss(x->scale + group));
    return NAME(scaled)(NAME(biased_dot)(u, x, group), scale, sum);
}

/* {half d, half dmin, 12 bytes of six bits each, [32 of fifth bits,] 128 of nibbles}: d * scale * q - dmin * min. */
static inline __m256 NAME(k)(const uint8_t *w, const activation *x, int group, __m256 sum, int five) {
    const __m256i low = _mm256_set1_epi8(15);
    uint32_t s[3]; /* scales 0 to 3, minima 0 to 3, nibbles of the others; their upper bits stand above the first */
    __builtin_memcpy(s, w + 4, sizeof s);
    __m128i scales = _mm_set_epi32(0, 0, (int) ((s[2] & 0x0f0f0f0f) | (s[0] >> 2 & 0x30303030)), (int) (s[0] & 0x3f3f3f3f));
    __m128i mins = _mm_set_epi32(0, 0, (int) ((s[2] >> 4 & 0x0f0f0f0f) | (s[1] >> 2 & 0x30303030)), (int) (s[1] & 0x3f3f3f3f));
    __m256 scale = _mm256_mul_ps(_mm256_loadu_ps(x->scale + group), NAME(half)(w));
    __m256 total = _mm256_mul_ps(_mm256_loadu_ps(x->total + group), NAME(half)(w + 2));
    scale = _mm256_mul_ps(scale, NAME(floats)(scales));
    sum = _mm256_fnmadd_ps(total, NAME(floats)(mins), sum);
    __m256i fifths = five ? _mm256_loadu_si256((const __m256i *) (w + 16)) : low;
#pragma GCC unroll 8
    for (int g = 0; g < 8; g++) {
        __m256i u = _mm256_loadu_si256((const __m256i *) (w + (five ? 48 : 16) + 32 * (g / 2)));
        u = _mm256_and_si256(g % 2 ? _mm256_srli_epi16(u, 4) : u, low);
        if (five) {
            __m256i bit = _mm256_and_si256(_mm256_srli_epi16(fifths, g), _mm256_set1_epi8(1));
            u = _mm256_or_si256(u, _mm256_slli_epi16(bit, 4));
        }
        sum = NAME(scaled)(NAME(integer_dot)(u, x, group + g), NAME(lane)(scale, g), sum);
    }
    return sum;
}

static inline __m256 NAME(q4_k)(const uint8_t *w, const activation *x, int group, __m256 sum) {
    return NAME(k)(w, x, group, sum, 0);
}

static inline __m256 NAME(q5_k)(const uint8_t *w, const activation *x, int group, __m256 sum) {
    return NAME(k)(w, x, group, sum, 1);
}

/* {128 bytes of nibbles, 64 of two upper bits, 16 scales, half d}: d * scale * (q - 32), a scale for 16. */
static inline __m256 NAME(q6_k)(const uint8_t *w, const activation *x, int group, __m256 sum) {
    __m256 d = _mm256_mul_ps(_mm256_loadu_ps(x->scale + group), NAME(half)(w + 208));
    __m128i scales = _mm_loadu_si128((const __m128i *) (w + 192));
#pragma GCC unroll 8
    for (int g = 0; g < 8; g++) { /* in each half of 128: low nibbles twice, then high ones */
        int half = g / 4, quarter = g % 4;
        __m256i u = _mm256_loadu_si256((const __m256i *) (w + 64 * half + 32 * (quarter % 2)));
        u = _mm256_and_si256(quarter < 2 ? u : _mm256_srli_epi16(u, 4), _mm256_set1_epi8(15));
        __m256i bits = _mm256_loadu_si256((const __m256i *) (w + 128 + 32 * half));
        bits = _mm256_and_si256(_mm256_srli_epi16(bits, 2 * quarter), _mm256_set1_epi8(3));
        u = _mm256_or_si256(u, _mm256_slli_epi16(bits, 4));
        const __m128i pair = _mm_set_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0);
        __m128i both = _mm_shuffle_epi8(scales, _mm_add_epi8(pair, _mm_set1_epi8((char) (2 * g))));
        __m256 scale = _mm256_mul_ps(NAME(lane)(d, g), NAME(floats)(both));
        sum = NAME(scaled)(NAME(biased_dot)(u, x, group + g), scale, sum);
    }
    return sum;
}

#define ROWS(type, elements, bytes)                                                                         \
    static void NAME(type##_rows)(                                                                          \
        const uint8_t *w, int64_t stride, int32_t rows, const activation *x, int32_t columns, float *out) { \
        int32_t part = rows / TOGETHER;                                                                     \
        for (int32_t row = 0; row < part; row++) {                                                          \
            __m256 sums[TOGETHER] = {_mm256_setzero_ps()};                                                  \
            for (int32_t i = 0; i < columns / elements; i++) {                                              \
                _Pragma("GCC unroll 4") for (int r = 0; r < TOGETHER; r++) {                                \
                    const uint8_t *block = w + (row + r * part) * stride + (int64_t) bytes * i;             \
                    sums[r] = NAME(type)(block, x, i * (elements / GROUP), sums[r]);                        \
                }                                                                                           \
            }                                                                                               \
            _Pragma("GCC unroll 4") for (int r = 0; r < TOGETHER; r++) {                                    \
                out[row + r * part] = NAME(sum)(sums[r]);                                                   \
            }                                                                                               \
        }                                                                                                   \
        for (int32_t row = TOGETHER * part; row < rows; row++) {                                            \
            __m256 sum = _mm256_setzero_ps();                                                               \
            for (int32_t i = 0; i < columns / elements; i++) {                                              \
                sum = NAME(type)(w + row * stride + (int64_t) bytes * i, x, i * (elements / GROUP), sum);   \
            }                                                                                               \
            out[row] = NAME(sum)(sum);                                                                      \
        }                                                                                                   \
    }
ROWS(q4_0, 32, 18)
ROWS(q8_0, 32, 34)
ROWS(q4_k, 256, 144)
ROWS(q5_k, 256, 176)
ROWS(q6_k, 256, 210)
#undef ROWS

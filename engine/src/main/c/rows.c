/*
 * One activation times rows of a weight matrix in ggml's blocks: the loop that decoding a token waits for. Integer dot products,
 * which Java's Vector API doesn't have, read the weights as fast as memory gives them. Optional: without this library the
 * same products run on the Vector API.
 *
 * The activation is as exact as float32: each 32 values of it are integers of 23 bits times a scale, in three digits of 8
 * bits, so that a block's sum is exact until it is scaled. (ggml rounds activations to one such digit.)
 *
 * Compiled once for each instruction set; matryoshka_level() says which of them the processor has.
 */
#include <immintrin.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define GROUP 32          /* values that share a scale */
#define MAX_COLUMNS 16384 /* of a row */

typedef struct {
    int8_t digits[MAX_COLUMNS / GROUP][3][GROUP]; /* lowest first, balanced: -128 to 127 */
    int32_t biases[MAX_COLUMNS / GROUP][8];       /* what the type's bias adds to integer_dot's lanes */
    float scale[MAX_COLUMNS / GROUP];
    float total[MAX_COLUMNS / GROUP]; /* of the values */
} __attribute__((aligned(32))) activation;

typedef void quantize_kernel(const float *x, int32_t columns, int32_t bias, activation *out);
typedef void rows_kernel(
    const uint8_t *w, int64_t stride, int32_t rows, const activation *x, int32_t columns, float *out);

/* ggml's numbers of types. */
enum { Q4_0 = 2, Q8_0 = 8, Q4_K = 12, Q5_K = 13, Q6_K = 14 };

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#define TOGETHER 2
#define NAME(name) name##_avx2
/* Pairs are added in 16 bits, which values up to 63 times 127 fit and a byte times 127 does not. */
#define DOT(sum, u, s) \
    _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(u, s), _mm256_set1_epi16(1)))
#include "kernels.h"
#undef TOGETHER
#undef NAME
#undef DOT
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
#define TOGETHER 2
#define NAME(name) name##_avxvnni
#define DOT(sum, u, s) _mm256_dpbusd_avx_epi32(sum, u, s)
#include "kernels.h"
#undef TOGETHER
#undef NAME
#undef DOT
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512vl,avx512vnni")
#define TOGETHER 4 /* of 32 registers */
#define NAME(name) name##_avx512vnni
#define DOT(sum, u, s) _mm256_dpbusd_epi32(sum, u, s)
#include "kernels.h"
#undef TOGETHER
#undef NAME
#undef DOT
#pragma GCC pop_options

/* What the processor has: 0 nothing of use, 1 AVX2, 2 AVX-VNNI, 3 AVX-512 VNNI. */
EXPORT int32_t matryoshka_level(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl")) {
        return 3;
    }
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) {
        return 0;
    }
    return __builtin_cpu_supports("avxvnni") ? 2 : 1;
}

#define AT_LEVEL(name) (level == 3 ? name##_avx512vnni : level == 2 ? name##_avxvnni : level == 1 ? name##_avx2 : 0)

/* Bytes of an activation. */
EXPORT int32_t matryoshka_activation(void) { return sizeof(activation); }

/* How much more than what it stands for the unsigned integer of a type is. */
EXPORT int32_t matryoshka_bias(int32_t type) { return type == Q4_0 ? 8 : type == Q8_0 ? 128 : type == Q6_K ? 32 : 0; }

/* What makes an activation for products with a type of a bias, at a level. */
EXPORT quantize_kernel *matryoshka_quantize(int32_t level) { return AT_LEVEL(quantize); }

/* The products with rows of a type at a level, null where there are none. */
EXPORT rows_kernel *matryoshka_rows(int32_t type, int32_t level) {
    switch (type) {
        case Q4_0: return AT_LEVEL(q4_0_rows);
        case Q8_0: return level == 1 ? 0 : AT_LEVEL(q8_0_rows);
        case Q4_K: return AT_LEVEL(q4_k_rows);
        case Q5_K: return AT_LEVEL(q5_k_rows);
        case Q6_K: return AT_LEVEL(q6_k_rows);
        default: return 0;
    }
}

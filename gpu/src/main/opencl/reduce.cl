// Sums and maxima over a work group; every invocation must come here, and each gets the result.
#if LANES == 1
#define groupSum(value, partial) (value)
#define groupMax(value, partial) (value)
#else
#define REDUCTION(name, combine) \
    float name(float value, local float *partial) { \
        barrier(CLK_LOCAL_MEM_FENCE); /* of those who still read */ \
        partial[lane()] = value; \
        barrier(CLK_LOCAL_MEM_FENCE); \
        float result = partial[0]; \
        for (uint i = 1; i < LANES; i++) { \
            result = combine(result, partial[i]); \
        } \
        return result; \
    }
#define PLUS(a, b) ((a) + (b))
REDUCTION(groupSum, PLUS)
REDUCTION(groupMax, fmax)
#endif

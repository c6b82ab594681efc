// Sum and maximum over a work group; the local size is a power of two.
#define REDUCTION(name, type, memory, combine) \
    type name(type value) { \
        uint lane = gl_LocalInvocationID.x; \
        barrier(); \
        memory[lane] = value; \
        barrier(); \
        for (uint step = gl_WorkGroupSize.x / 2; step > 0; step /= 2) { \
            if (lane < step) { \
                memory[lane] = combine(memory[lane], memory[lane + step]); \
            } \
            barrier(); \
        } \
        return memory[0]; \
    }
#define PLUS(a, b) (a) + (b)

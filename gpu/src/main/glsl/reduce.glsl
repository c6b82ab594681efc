// Sum and maximum over a work group; the local size is a power of two.
shared float partial[gl_WorkGroupSize.x];

float groupSum(float value) {
    uint lane = gl_LocalInvocationID.x;
    barrier();
    partial[lane] = value;
    barrier();
    for (uint step = gl_WorkGroupSize.x / 2; step > 0; step /= 2) {
        if (lane < step) {
            partial[lane] += partial[lane + step];
        }
        barrier();
    }
    return partial[0];
}

float groupMax(float value) {
    uint lane = gl_LocalInvocationID.x;
    barrier();
    partial[lane] = value;
    barrier();
    for (uint step = gl_WorkGroupSize.x / 2; step > 0; step /= 2) {
        if (lane < step) {
            partial[lane] = max(partial[lane], partial[lane + step]);
        }
        barrier();
    }
    return partial[0];
}

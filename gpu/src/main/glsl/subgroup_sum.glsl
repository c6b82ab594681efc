// Sum over a work group by subgroups, of whatever size.
shared vec4 partial[gl_WorkGroupSize.x]; // one for each subgroup

vec4 groupSum(vec4 value) {
    vec4 sum = subgroupAdd(value);
    if (gl_NumSubgroups == 1) {
        return sum;
    }
    if (subgroupElect()) {
        partial[gl_SubgroupID] = sum;
    }
    barrier();
    sum = partial[0];
    for (uint i = 1; i < gl_NumSubgroups; i++) {
        sum += partial[i];
    }
    return sum;
}

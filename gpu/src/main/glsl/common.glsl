// What every shader starts with: the step's parameters and the numbering of invocations.
layout(local_size_x_id = 0) in;

layout(std140, set = 0, binding = 0) uniform Step {
    uint position; // of the step's first token
    uint tokens;   // of the step
};

// How many rows of a tensor are live.
uint live(uint rows) {
    return min(rows, tokens);
}

// Position in the conversation of the first live row of a tensor.
uint firstPosition(uint rows) {
    return position + tokens - live(rows);
}

// Drivers may take it that every number is one, and leave comparisons out; not so with bits.
bool isNumber(float x) {
    return (floatBitsToUint(x) & 0x7fffffffu) <= 0x7f800000u;
}

// Number of the work group; a long row of groups is folded into several.
uint group() {
    return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}

// Number of the invocation in the whole dispatch.
uint item() {
    return group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}

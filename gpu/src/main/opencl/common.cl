// What every kernel starts with. LANES is the size of a work group; CONSTANT_1 and so on are what OpenClOps makes the kernel for. After
// the step come the tensors, then one struct: for each tensor the first element and the stride of its rows, then the rest.
#define STEP constant const uint *step // position of the step's first token, tokens of the step

// How many rows of a tensor are live.
#define live(rows) min(rows, step[1])

// Position in the conversation of the first live row of a tensor.
#define firstPosition(rows) (step[0] + step[1] - live(rows))

#define group() ((uint)get_group_id(0))
#define lane() ((uint)get_local_id(0))
#define item() ((uint)get_global_id(0))

float sum16(float16 v) {
    float8 a = v.lo + v.hi;
    float4 b = a.lo + a.hi;
    return b.x + b.y + (b.z + b.w);
}

// How a weight is stored, see ShaderCodes.
#ifndef TYPE_ID
#define TYPE_ID 1
#endif
layout(constant_id = TYPE_ID) const uint TYPE = 0;
const uint F32 = 0;
const uint F16 = 1;
const uint BF16 = 2;
const uint Q8_0 = 3;
const uint Q4_0 = 4;
const uint Q4_1 = 5;
const uint Q5_0 = 6;
const uint Q5_1 = 7;
const uint IQ4_NL = 8;
const uint Q2_K = 9;
const uint Q3_K = 10;
const uint Q4_K = 11;
const uint Q5_K = 12;
const uint Q6_K = 13;
const uint IQ4_XS = 14;

// From Q4_0 on: blocks of 32 in records of 256, see BlockLayout and blocks.glsl.
const bool BLOCKS = TYPE >= Q4_0;
#ifdef FEW_TYPES
// None after Q4_0: products are built twice, as drivers take twice as long over what they will not need.
const uint HIGH_BITS = 0;
const bool GROUPS = false;
const bool MINIMA = false;
const bool TABLE = false;
const bool ONE_SCALE = true;
const int ZERO = TYPE == Q4_0 ? 8 : 0;
const uint QUADS = 8;
#else
const uint HIGH_BITS = TYPE == Q6_K ? 2 : TYPE == Q5_0 || TYPE == Q5_1 || TYPE == Q5_K ? 1 : 0; // above a quant's nibble
const bool GROUPS = TYPE >= Q2_K; // scales are quantised too
const bool MINIMA = TYPE == Q4_1 || TYPE == Q5_1 || TYPE == Q2_K || TYPE == Q4_K || TYPE == Q5_K;
const bool TABLE = TYPE == IQ4_NL || TYPE == IQ4_XS; // steps that are not even
const bool ONE_SCALE = !GROUPS && !MINIMA; // is all that a block has
const int ZERO = TYPE == Q4_0 ? 8 : TYPE == Q5_0 ? 16 : TYPE == Q6_K ? 32 : TYPE == Q3_K ? 4 : 0; // the quant of a 0
const uint QUADS = 8 + 2 * HIGH_BITS + (GROUPS ? 1 : 0); // of a record
#endif

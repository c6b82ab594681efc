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

// How a weight is stored, see ShaderCodes.
layout(constant_id = 1) const uint TYPE = 0;
const uint F32 = 0;
const uint F16 = 1;
const uint BF16 = 2;
const uint Q8_0 = 3;
const uint Q4_0 = 4;

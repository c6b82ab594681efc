#!/usr/bin/env python3
"""Golden data for float32 to blocks, by ggml itself (ggml_quantize_chunk, no importance matrix).

    npm pack @node-llama-cpp/linux-x64 && tar xzf node-llama-cpp-linux-x64-*.tgz
    python blocks_golden.py package/bins/linux-x64/libggml-base.so gguf/made-blocks.safetensors

Each row of "values" is a super-block of 256, or eight blocks of 32: noise of several sizes, and what has no scale, no minimum or one value that stands out.
"""
import ctypes, json, math, random, struct, sys

# number in ggml and bytes of 256 values
TYPES = {"Q5_0": (6, 176), "Q5_1": (7, 192), "Q4_K": (12, 144), "Q5_K": (13, 176), "Q6_K": (14, 210)}


def rows():
    r = random.Random(7)
    noise = lambda size, mean=0: [r.gauss(mean, size) for _ in range(256)]
    yield from (noise(10.0 ** e) for e in (-6, -4, -3, -2, -2, -2, -1, 0, 1, 3))
    yield [0.0] * 256
    yield [0.25] * 256                                       # no spread
    yield [-3.0] * 256
    yield [abs(x) for x in noise(0.02)]                      # no minimum
    yield [-abs(x) for x in noise(0.02)]
    yield noise(0.01, mean=1)                                # far from zero
    yield [0.0] * 32 + noise(0.02)[32:]                      # one group of nothing
    yield [1e-20 * x for x in noise(1)]                      # less than float16 holds
    yield [x * (1000 if i == 77 else 1) for i, x in enumerate(noise(0.02))]
    yield [x * (50 if i % 32 == 0 else 1) for i, x in enumerate(noise(0.02))]
    yield [math.copysign(0.5, x) for x in noise(1)]
    yield [round(x * 4) / 4 for x in noise(1)]               # many ties


def main(library, out):
    ggml = ctypes.CDLL(library)
    ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
    ggml.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [ctypes.c_void_p]
    values = list(rows())
    flat = (ctypes.c_float * (256 * len(values)))(*(x for row in values for x in row))
    tensors = {"values": ("F32", [len(values), 256], bytes(flat))}
    for name, (number, size) in TYPES.items():
        blocks = ctypes.create_string_buffer(size * len(values))
        done = ggml.ggml_quantize_chunk(number, flat, blocks, 0, len(values), 256, None)
        assert done == size * len(values)
        tensors[name] = ("U8", [len(values), size], blocks.raw)
    header, data = {}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(out, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    main(*sys.argv[1:])

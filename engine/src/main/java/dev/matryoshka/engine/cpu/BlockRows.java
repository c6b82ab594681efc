package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows of ggml's blocks of 32. Activations stay float32: a block's integers are multiplied as float32, their sum by the
 * block's scale.
 *
 * <p>The loops are short on purpose: two blocks at a time, unrolled by hand through a helper, took four times as long
 * (probably more than the compiler inlines), and four rows at a time gained nothing.
 */
abstract sealed class BlockRows extends WeightRows.Stored {
    private static final int BLOCK = 32;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();

    /** Bytes that one load brings: one for each lane, but two where the lanes are too few for a vector of bytes. */
    private static final int STEP = Math.max(8, LANES);

    private static final VectorSpecies<Byte> B = VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * STEP));
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);

    private final int blockBytes;

    private BlockRows(MemorySegment bytes, DeviceTensor w) {
        super(bytes, w);
        if (w.columns() % BLOCK != 0 || w.offset() % BLOCK != 0 || w.rowStride() % BLOCK != 0) {
            throw new IllegalArgumentException("a view of " + w.type() + " that cuts blocks of " + BLOCK);
        }
        blockBytes = w.type().blockBytes();
    }

    /** One block into {@code into[at], into[at + 1], …}. */
    abstract void unpack(long block, float scale, float[] into, int at);

    @Override
    final void unpack(int row, int from, int count, float[] into, int at) {
        for (int i = 0; i < count; i += BLOCK) {
            long block = offset + row * stride + (long) ((from + i) / BLOCK) * blockBytes;
            unpack(block, scale(block), into, at + i);
        }
    }

    final float scale(long block) {
        return Float.float16ToFloat(bytes.get(SHORT, block));
    }

    /** Signed bytes from an address on; part 1 are those after the first {@code LANES}. */
    final IntVector ints(long at, int part) {
        return (IntVector) ByteVector.fromMemorySegment(B, bytes, at, LE).convertShape(VectorOperators.B2I, I, part);
    }

    static FloatVector floats(IntVector v) {
        return (FloatVector) v.convert(VectorOperators.I2F, 0);
    }

    static final class Q8_0 extends BlockRows {
        Q8_0(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        @Override
        float dot(int row, float[] x, int at) {
            FloatVector sum = FloatVector.zero(F);
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = offset + row * stride + 34L * block;
                FloatVector s = FloatVector.zero(F);
                for (int j = 0; j < BLOCK; j += STEP) {
                    int k = at + BLOCK * block + j;
                    s = floats(ints(p + 2 + j, 0)).fma(FloatVector.fromArray(F, x, k), s);
                    if (LANES < STEP) {
                        s = floats(ints(p + 2 + j, 1)).fma(FloatVector.fromArray(F, x, k + LANES), s);
                    }
                }
                sum = s.fma(FloatVector.broadcast(F, scale(p)), sum);
            }
            return sum.reduceLanes(VectorOperators.ADD);
        }

        @Override
        void unpack(long block, float scale, float[] into, int at) {
            for (int j = 0; j < BLOCK; j += STEP) {
                floats(ints(block + 2 + j, 0)).mul(scale).intoArray(into, at + j);
                if (LANES < STEP) {
                    floats(ints(block + 2 + j, 1)).mul(scale).intoArray(into, at + j + LANES);
                }
            }
        }
    }

    /**
     * A byte holds weights i and i + 16, each as 8 more than it is. With the upper bits of both turned over they are
     * signed nibbles: the high one is what a shift to the right leaves, the low one times 2^28 what a shift to the left
     * leaves.
     */
    static final class Q4_0 extends BlockRows {
        private static final int SIGNS = 0xFFFF_FF88;
        private static final float LOW = 0x1p-28f;

        Q4_0(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        private IntVector nibbles(long at, int part) {
            return ints(at, part).lanewise(VectorOperators.XOR, SIGNS);
        }

        private static FloatVector low(IntVector nibbles) {
            return floats(nibbles.lanewise(VectorOperators.LSHL, 28));
        }

        private static FloatVector high(IntVector nibbles) {
            return floats(nibbles.lanewise(VectorOperators.ASHR, 4));
        }

        @Override
        float dot(int row, float[] x, int at) {
            FloatVector sum = FloatVector.zero(F);
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = offset + row * stride + 18L * block;
                FloatVector l = FloatVector.zero(F);
                FloatVector h = l;
                for (int j = 0; j < BLOCK / 2; j += STEP) {
                    int k = at + BLOCK * block + j;
                    IntVector v = nibbles(p + 2 + j, 0);
                    l = low(v).fma(FloatVector.fromArray(F, x, k), l);
                    h = high(v).fma(FloatVector.fromArray(F, x, k + 16), h);
                    if (LANES < STEP) {
                        v = nibbles(p + 2 + j, 1);
                        l = low(v).fma(FloatVector.fromArray(F, x, k + LANES), l);
                        h = high(v).fma(FloatVector.fromArray(F, x, k + 16 + LANES), h);
                    }
                }
                sum = l.fma(FloatVector.broadcast(F, LOW), h).fma(FloatVector.broadcast(F, scale(p)), sum);
            }
            return sum.reduceLanes(VectorOperators.ADD);
        }

        @Override
        void unpack(long block, float scale, float[] into, int at) {
            for (int j = 0; j < BLOCK / 2; j += STEP) {
                IntVector v = nibbles(block + 2 + j, 0);
                low(v).mul(LOW * scale).intoArray(into, at + j);
                high(v).mul(scale).intoArray(into, at + 16 + j);
                if (LANES < STEP) {
                    v = nibbles(block + 2 + j, 1);
                    low(v).mul(LOW * scale).intoArray(into, at + j + LANES);
                    high(v).mul(scale).intoArray(into, at + 16 + j + LANES);
                }
            }
        }
    }
}

package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.cpu.ByteLanes.F;
import static dev.matryoshka.engine.cpu.ByteLanes.INDEX;
import static dev.matryoshka.engine.cpu.ByteLanes.LANES;
import static dev.matryoshka.engine.cpu.ByteLanes.broadcast;
import static dev.matryoshka.engine.cpu.ByteLanes.floats;

import dev.matryoshka.engine.backend.DeviceTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Rows of ggml's blocks of 32 that have more than four bits or a minimum: {@code scale * q + min}. */
abstract sealed class NibbleRows extends DecodedRows {
    private static final int BLOCK = 32;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private NibbleRows(MemorySegment bytes, DeviceTensor w) {
        super(bytes, w);
    }

    /** Dot product of blocks of {@code half scale, half min, 16 bytes}. */
    static final class Q4_1 extends NibbleRows {
        Q4_1(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        @Override
        float dot(int row, float[] x, int at) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                FloatVector scale = broadcast(half(p));
                FloatVector min = broadcast(half(p + 2));
                for (int i = 0; i < BLOCK / 2; i += LANES) {
                    int k = at + BLOCK * block + i;
                    IntVector v = ByteLanes.load(bytes, p + 4 + i);
                    a = floats(v.and(15)).fma(scale, min).fma(FloatVector.fromArray(F, x, k), a);
                    b = floats(v.lanewise(VectorOperators.LSHR, 4))
                            .fma(scale, min)
                            .fma(FloatVector.fromArray(F, x, k + 16), b);
                }
            }
            return a.add(b).reduceLanes(VectorOperators.ADD);
        }
    }

    /** Bit i of a mask is the fifth bit of value i. */
    abstract static sealed class FiveBits extends NibbleRows {
        private final int mask; // where it stands in a block, quants behind it

        FiveBits(MemorySegment bytes, DeviceTensor w, int mask) {
            super(bytes, w);
            this.mask = mask;
        }

        abstract float min(long block);

        private static IntVector fifth(int bits) {
            return IntVector.broadcast(ByteLanes.I, bits)
                    .lanewise(VectorOperators.LSHR, INDEX)
                    .and(1)
                    .lanewise(VectorOperators.LSHL, 4);
        }

        @Override
        final float dot(int row, float[] x, int at) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                FloatVector scale = broadcast(half(p));
                FloatVector min = broadcast(min(p));
                int bits = bytes.get(INT, p + mask);
                for (int i = 0; i < BLOCK / 2; i += LANES) {
                    int k = at + BLOCK * block + i;
                    IntVector v = ByteLanes.load(bytes, p + mask + 4 + i);
                    a = floats(v.and(15).or(fifth(bits >>> i))).fma(scale, min).fma(FloatVector.fromArray(F, x, k), a);
                    b = floats(v.lanewise(VectorOperators.LSHR, 4).or(fifth(bits >>> i + 16)))
                            .fma(scale, min)
                            .fma(FloatVector.fromArray(F, x, k + 16), b);
                }
            }
            return a.add(b).reduceLanes(VectorOperators.ADD);
        }
    }

    /** {@code scale * (q - 16)}. */
    static final class Q5_0 extends FiveBits {
        Q5_0(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 2);
        }

        @Override
        float min(long block) {
            return -16 * half(block);
        }
    }

    /** {@code scale * q + min}. */
    static final class Q5_1 extends FiveBits {
        Q5_1(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 4);
        }

        @Override
        float min(long block) {
            return half(block + 2);
        }
    }
}

package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.cpu.ByteLanes.F;
import static dev.matryoshka.engine.cpu.ByteLanes.LANES;
import static dev.matryoshka.engine.cpu.ByteLanes.broadcast;
import static dev.matryoshka.engine.cpu.ByteLanes.floats;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.Dequantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Rows of ggml's super-blocks of 256, whose groups have quantised scales; the layouts are in {@link Dequantizer}. */
abstract sealed class SuperBlockRows extends DecodedRows {
    private static final int BLOCK = 256;

    private SuperBlockRows(MemorySegment bytes, DeviceTensor w) {
        super(bytes, w);
    }

    /** Eight groups of 32 in pairs that share bytes: {@code scale * q - min}. */
    abstract static sealed class Pairs extends SuperBlockRows {
        private final int quants; // where they stand in a block

        Pairs(MemorySegment bytes, DeviceTensor w, int quants) {
            super(bytes, w);
            this.quants = quants;
        }

        /** Bits above the fourth of some values of a group. */
        abstract IntVector high(long block, int group, int from, IntVector low);

        @Override
        final float dot(int row, float[] x, int at) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                float scale = half(p);
                float min = -half(p + 2);
                for (int group = 0; group < 8; group += 2) {
                    FloatVector s0 = broadcast(scale * Dequantizer.scale(bytes, p + 4, group));
                    FloatVector m0 = broadcast(min * Dequantizer.min(bytes, p + 4, group));
                    FloatVector s1 = broadcast(scale * Dequantizer.scale(bytes, p + 4, group + 1));
                    FloatVector m1 = broadcast(min * Dequantizer.min(bytes, p + 4, group + 1));
                    for (int i = 0; i < 32; i += LANES) {
                        int k = at + BLOCK * block + 32 * group + i;
                        IntVector v = ByteLanes.load(bytes, p + quants + 16L * group + i);
                        a = floats(high(p, group, i, v.and(15))).fma(s0, m0).fma(FloatVector.fromArray(F, x, k), a);
                        b = floats(high(p, group + 1, i, v.lanewise(VectorOperators.LSHR, 4)))
                                .fma(s1, m1)
                                .fma(FloatVector.fromArray(F, x, k + 32), b);
                    }
                }
            }
            return a.add(b).reduceLanes(VectorOperators.ADD);
        }
    }

    static final class Q4_K extends Pairs {
        Q4_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 16);
        }

        @Override
        IntVector high(long block, int group, int from, IntVector low) {
            return low;
        }
    }

    static final class Q5_K extends Pairs {
        Q5_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 48);
        }

        @Override
        IntVector high(long block, int group, int from, IntVector low) {
            IntVector fifth = ByteLanes.load(bytes, block + 16 + from)
                    .lanewise(VectorOperators.LSHR, group)
                    .and(1);
            return low.or(fifth.lanewise(VectorOperators.LSHL, 4));
        }
    }

    /** Two halves of four quarters of 32; a byte of two bits each serves all four: {@code scale * (q - 32)}. */
    static final class Q6_K extends SuperBlockRows {
        Q6_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        private FloatVector values(IntVector low, IntVector high, float scale, long scaleAt) {
            return floats(low.or(high.and(3).lanewise(VectorOperators.LSHL, 4)).sub(32))
                    .mul(scale * bytes.get(ValueLayout.JAVA_BYTE, scaleAt));
        }

        @Override
        float dot(int row, float[] x, int at) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                float scale = half(p + 208);
                for (int half = 0; half < 2; half++) {
                    for (int i = 0; i < 32; i += LANES) {
                        int k = at + BLOCK * block + 128 * half + i;
                        long s = p + 192 + 8L * half + i / 16;
                        IntVector first = ByteLanes.load(bytes, p + 64L * half + i);
                        IntVector second = ByteLanes.load(bytes, p + 64L * half + 32 + i);
                        IntVector h = ByteLanes.load(bytes, p + 128 + 32L * half + i);
                        a = values(first.and(15), h, scale, s).fma(FloatVector.fromArray(F, x, k), a);
                        b = values(second.and(15), h.lanewise(VectorOperators.LSHR, 2), scale, s + 2)
                                .fma(FloatVector.fromArray(F, x, k + 32), b);
                        a = values(
                                        first.lanewise(VectorOperators.LSHR, 4),
                                        h.lanewise(VectorOperators.LSHR, 4),
                                        scale,
                                        s + 4)
                                .fma(FloatVector.fromArray(F, x, k + 64), a);
                        b = values(
                                        second.lanewise(VectorOperators.LSHR, 4),
                                        h.lanewise(VectorOperators.LSHR, 6),
                                        scale,
                                        s + 6)
                                .fma(FloatVector.fromArray(F, x, k + 96), b);
                    }
                }
            }
            return a.add(b).reduceLanes(VectorOperators.ADD);
        }
    }
}

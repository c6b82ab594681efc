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

        /** The products of a group, in lanes; each type has its own loop, which is short enough for the compiler to inline. */
        abstract FloatVector dot(long block, int group, float[] x, int at);

        @Override
        final float dot(int row, float[] x, int at) {
            FloatVector sum = FloatVector.zero(F);
            float less = 0;
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                float scale = half(p);
                float min = half(p + 2);
                for (int group = 0; group < 8; group++) {
                    int k = at + BLOCK * block + 32 * group;
                    sum = dot(p, group, x, k).fma(broadcast(scale * Dequantizer.scale(bytes, p + 4, group)), sum);
                    less += min * Dequantizer.min(bytes, p + 4, group) * VectorKernels.sum(x, k, 32);
                }
            }
            return sum.reduceLanes(VectorOperators.ADD) - less;
        }

        /** The nibbles of some values of a group. */
        final IntVector nibbles(long block, int group, int from) {
            return ByteLanes.load(bytes, block + quants + 32L * (group >> 1) + from)
                    .lanewise(VectorOperators.LSHR, 4 * (group & 1))
                    .and(15);
        }
    }

    static final class Q4_K extends Pairs {
        Q4_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 16);
        }

        @Override
        FloatVector dot(long block, int group, float[] x, int at) {
            FloatVector s = FloatVector.zero(F);
            for (int i = 0; i < 32; i += LANES) {
                s = floats(nibbles(block, group, i)).fma(FloatVector.fromArray(F, x, at + i), s);
            }
            return s;
        }
    }

    static final class Q5_K extends Pairs {
        Q5_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w, 48);
        }

        @Override
        FloatVector dot(long block, int group, float[] x, int at) {
            FloatVector s = FloatVector.zero(F);
            for (int i = 0; i < 32; i += LANES) {
                IntVector fifth = ByteLanes.load(bytes, block + 16 + i)
                        .lanewise(VectorOperators.LSHR, group)
                        .and(1)
                        .lanewise(VectorOperators.LSHL, 4);
                s = floats(nibbles(block, group, i).or(fifth)).fma(FloatVector.fromArray(F, x, at + i), s);
            }
            return s;
        }
    }

    /** Two halves of four quarters of 32; a byte of two bits each serves all four: {@code scale * (q - 32)}. */
    static final class Q6_K extends SuperBlockRows {
        Q6_K(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        /** One group of lanes at a time: four of them in one loop are more than the compiler inlines, and ten times slower. */
        @Override
        float dot(int row, float[] x, int at) {
            FloatVector sum = FloatVector.zero(F);
            for (int block = 0; block < columns / BLOCK; block++) {
                long p = address(row, block);
                FloatVector s = FloatVector.zero(F);
                for (int i = 0; i < BLOCK; i += LANES) {
                    int quarter = i >> 5 & 3;
                    long in = (long) (i >> 7) << 5 | i & 31; // of a half's 32 bytes
                    IntVector low = ByteLanes.load(bytes, p + (i >> 7 << 6) + ((quarter & 1) << 5) + (i & 31))
                            .lanewise(VectorOperators.LSHR, quarter >> 1 << 2)
                            .and(15);
                    IntVector high = ByteLanes.load(bytes, p + 128 + in)
                            .lanewise(VectorOperators.LSHR, quarter << 1)
                            .and(3)
                            .lanewise(VectorOperators.LSHL, 4);
                    float scale = bytes.get(ValueLayout.JAVA_BYTE, p + 192 + (i >> 4));
                    s = floats(low.or(high).sub(32))
                            .mul(scale)
                            .fma(FloatVector.fromArray(F, x, at + BLOCK * block + i), s);
                }
                sum = s.fma(broadcast(half(p + 208)), sum);
            }
            return sum.reduceLanes(VectorOperators.ADD);
        }
    }
}

package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Rows of a weight matrix in their stored type, read as float32. One class a type; a new type is a new class. */
abstract sealed class WeightRows permits WeightRows.Heap, WeightRows.Stored {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> HALF =
            VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);
    private static final int LANES = F.length();

    /** Rows. */
    final int rows;

    /** Columns. */
    final int columns;

    private WeightRows(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** The dot product of a row with {@code columns} values from {@code x[at]} on. */
    abstract float dot(int row, float[] x, int at);

    /** The dot products of some rows. */
    @FunctionalInterface
    interface Dots {
        /** Those of [from, to) into {@code out[outAt], out[outAt + 1], …}. */
        void run(int from, int to, float[] out, int outAt);
    }

    /**
     * The dot products with {@code columns} values from {@code x[at]} on.
     *
     * @param row which of a product's few rows x is; what was asked for the same row before is no longer valid
     */
    Dots dots(int row, float[] x, int at) {
        return (from, to, out, outAt) -> {
            for (int i = from; i < to; i++) {
                out[outAt + i - from] = dot(i, x, at);
            }
        };
    }

    /**
     * Columns [from, from + count) of a row, converted, into {@code into[at], into[at + 1], …}. Where blocks are stored
     * both are whole blocks.
     */
    abstract void unpack(int row, int from, int count, float[] into, int at);

    static WeightRows of(DeviceTensor w) {
        return switch (w.storage()) {
            case CpuStorage.Floats f -> new Heap(f.values(), w);
            case CpuStorage.Mapped m ->
                switch (w.type()) {
                    case F32 -> new F32(m.bytes(), w);
                    case F16 -> new F16(m.bytes(), w);
                    case BF16 -> new BF16(m.bytes(), w);
                    case Q8_0 -> new BlockRows.Q8_0(m.bytes(), w);
                    case Q4_0 -> new BlockRows.Q4_0(m.bytes(), w);
                    case Q4_1 -> new NibbleRows.Q4_1(m.bytes(), w);
                    case Q5_0 -> new NibbleRows.Q5_0(m.bytes(), w);
                    case Q5_1 -> new NibbleRows.Q5_1(m.bytes(), w);
                    case Q4_K -> new SuperBlockRows.Q4_K(m.bytes(), w);
                    case Q5_K -> new SuperBlockRows.Q5_K(m.bytes(), w);
                    case Q6_K -> new SuperBlockRows.Q6_K(m.bytes(), w);
                    case Q2_K, Q3_K, IQ4_NL, IQ4_XS -> new DecodedRows(m.bytes(), w);
                    case I64, I32, U8 -> throw new IllegalArgumentException("no product with " + w.type());
                };
            default -> throw new IllegalArgumentException("a tensor of another backend");
        };
    }

    /** An activation used as a weight. */
    private static final class Heap extends WeightRows {
        private final float[] values;
        private final int offset;
        private final int stride;

        Heap(float[] values, DeviceTensor w) {
            super(w.rows(), w.columns());
            this.values = values;
            offset = Math.toIntExact(w.offset());
            stride = Math.toIntExact(w.rowStride());
        }

        @Override
        float dot(int row, float[] x, int at) {
            return VectorKernels.dot(values, offset + row * stride, x, at, columns);
        }

        @Override
        void unpack(int row, int from, int count, float[] into, int at) {
            System.arraycopy(values, offset + row * stride + from, into, at, count);
        }
    }

    /** A weight where its file is mapped; offsets in bytes. */
    abstract static sealed class Stored extends WeightRows permits F32, BF16, F16, BlockRows, DecodedRows {
        final MemorySegment bytes;
        final long offset;
        final long stride;
        private final @Nullable NativeRows kernel;

        Stored(MemorySegment bytes, DeviceTensor w) {
            super(w.rows(), w.columns());
            this.bytes = bytes;
            offset = w.type().bytes(w.offset());
            stride = w.type().bytes(w.rowStride());
            kernel = NativeRows.of(w.type(), columns);
        }

        @Override
        final Dots dots(int row, float[] x, int at) {
            if (kernel == null) {
                return super.dots(row, x, at);
            }
            MemorySegment quantized = kernel.quantized(row, x, at, columns);
            return (from, to, out, outAt) -> kernel.dots(
                    bytes.asSlice(offset + from * stride), stride, to - from, quantized, columns, out, outAt);
        }
    }

    private static final class F32 extends Stored {
        F32(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        @Override
        float dot(int row, float[] x, int at) {
            long p = offset + row * stride;
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            int i = 0;
            for (; i <= columns - 2 * LANES; i += 2 * LANES) {
                a = FloatVector.fromMemorySegment(F, bytes, p + 4L * i, LE).fma(FloatVector.fromArray(F, x, at + i), a);
                b = FloatVector.fromMemorySegment(F, bytes, p + 4L * (i + LANES), LE)
                        .fma(FloatVector.fromArray(F, x, at + i + LANES), b);
            }
            float sum = a.add(b).reduceLanes(VectorOperators.ADD);
            for (; i < columns; i++) {
                sum += bytes.get(FLOAT, p + 4L * i) * x[at + i];
            }
            return sum;
        }

        @Override
        void unpack(int row, int from, int count, float[] into, int at) {
            MemorySegment.copy(bytes, FLOAT, offset + row * stride + 4L * from, into, at, count);
        }
    }

    private static final class BF16 extends Stored {
        BF16(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        private FloatVector load(long p) {
            return ShortVector.fromMemorySegment(HALF, bytes, p, LE)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats();
        }

        @Override
        float dot(int row, float[] x, int at) {
            long p = offset + row * stride;
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            int i = 0;
            for (; i <= columns - 4 * LANES; i += 4 * LANES) {
                long q = p + 2L * i;
                a = load(q).fma(FloatVector.fromArray(F, x, at + i), a);
                b = load(q + 2L * LANES).fma(FloatVector.fromArray(F, x, at + i + LANES), b);
                c = load(q + 4L * LANES).fma(FloatVector.fromArray(F, x, at + i + 2 * LANES), c);
                d = load(q + 6L * LANES).fma(FloatVector.fromArray(F, x, at + i + 3 * LANES), d);
            }
            for (; i <= columns - LANES; i += LANES) {
                a = load(p + 2L * i).fma(FloatVector.fromArray(F, x, at + i), a);
            }
            float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
            for (; i < columns; i++) {
                sum += Float.intBitsToFloat(bytes.get(SHORT, p + 2L * i) << 16) * x[at + i];
            }
            return sum;
        }

        @Override
        void unpack(int row, int from, int count, float[] into, int at) {
            long p = offset + row * stride + 2L * from;
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                load(p + 2L * i).intoArray(into, at + i);
            }
            for (; i < count; i++) {
                into[at + i] = Float.intBitsToFloat(bytes.get(SHORT, p + 2L * i) << 16);
            }
        }
    }

    private static final class F16 extends Stored {
        private static final float REBIAS = 0x1p112f; // float32's exponent bias minus float16's

        F16(MemorySegment bytes, DeviceTensor w) {
            super(bytes, w);
        }

        /** Exact for finite values, subnormal ones included; infinity and NaN keep their exponent by the blend. */
        private FloatVector load(long p) {
            IntVector half = ShortVector.fromMemorySegment(HALF, bytes, p, LE)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0)
                    .reinterpretAsInts();
            IntVector magnitude = half.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
            IntVector finite = magnitude.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
            IntVector value =
                    finite.blend(magnitude.or(0x7F800000), half.and(0x7C00).compare(VectorOperators.EQ, 0x7C00));
            return value.or(half.and(0x8000).lanewise(VectorOperators.LSHL, 16)).reinterpretAsFloats();
        }

        @Override
        float dot(int row, float[] x, int at) {
            long p = offset + row * stride;
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            int i = 0;
            for (; i <= columns - 2 * LANES; i += 2 * LANES) {
                a = load(p + 2L * i).fma(FloatVector.fromArray(F, x, at + i), a);
                b = load(p + 2L * (i + LANES)).fma(FloatVector.fromArray(F, x, at + i + LANES), b);
            }
            float sum = a.add(b).reduceLanes(VectorOperators.ADD);
            for (; i < columns; i++) {
                sum += Float.float16ToFloat(bytes.get(SHORT, p + 2L * i)) * x[at + i];
            }
            return sum;
        }

        @Override
        void unpack(int row, int from, int count, float[] into, int at) {
            long p = offset + row * stride + 2L * from;
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                load(p + 2L * i).intoArray(into, at + i);
            }
            for (; i < count; i++) {
                into[at + i] = Float.float16ToFloat(bytes.get(SHORT, p + 2L * i));
            }
        }
    }
}

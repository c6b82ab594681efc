package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Dequantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rows of any type of blocks: each is decoded to float32 first. Faster types override the product. */
sealed class DecodedRows extends WeightRows.Stored permits NibbleRows, SuperBlockRows {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ThreadLocal<float[]> DECODED = ThreadLocal.withInitial(() -> new float[256]);

    private final DType type;
    final int blockElements;
    final int blockBytes;

    DecodedRows(MemorySegment bytes, DeviceTensor w) {
        super(bytes, w);
        type = w.type();
        blockElements = type.blockElements();
        blockBytes = type.blockBytes();
        if (w.columns() % blockElements != 0 || w.offset() % blockElements != 0 || w.rowStride() % blockElements != 0) {
            throw new IllegalArgumentException("a view of " + type + " that cuts blocks of " + blockElements);
        }
    }

    @Override
    float dot(int row, float[] x, int at) {
        float[] decoded = DECODED.get();
        float sum = 0;
        for (int block = 0; block < columns / blockElements; block++) {
            Dequantizer.dequantize(type, bytes, address(row, block), decoded, 0);
            sum += VectorKernels.dot(decoded, 0, x, at + block * blockElements, blockElements);
        }
        return sum;
    }

    @Override
    final void unpack(int row, int from, int count, float[] into, int at) {
        for (int i = 0; i < count; i += blockElements) {
            Dequantizer.dequantize(type, bytes, address(row, (from + i) / blockElements), into, at + i);
        }
    }

    /** First byte of a block. */
    final long address(int row, int block) {
        return offset + row * stride + (long) block * blockBytes;
    }

    /** A float16. */
    final float half(long address) {
        return Float.float16ToFloat(bytes.get(SHORT, address));
    }
}

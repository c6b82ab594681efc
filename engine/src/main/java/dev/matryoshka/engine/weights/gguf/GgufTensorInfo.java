package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An entry of the table of tensors.
 *
 * @param shape outermost first; the file has it the other way round
 * @param offset of its bytes in the data
 * @param bytes how many
 */
record GgufTensorInfo(String name, DType type, List<Integer> shape, long offset, long bytes) {
    private static final int MAX_DIMENSIONS = 4;

    static GgufTensorInfo read(GgufCursor in) {
        String name = in.name();
        int dimensions = in.int32();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw in.damaged("has " + Integer.toUnsignedString(dimensions) + " dimensions at " + name);
        }
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (int i = 0; i < dimensions; i++) {
            long size = in.int64();
            if (size < 1 || size > Integer.MAX_VALUE || elements > (Long.MAX_VALUE >> 8) / size) {
                throw in.damaged("has a dimension of " + Long.toUnsignedString(size) + " at " + name);
            }
            elements *= size;
            shape.addFirst((int) size);
        }
        DType type = type(in, name, in.int32());
        if (shape.getLast() % type.blockElements() != 0) {
            throw in.damaged("has rows of " + shape.getLast() + " at " + name + ", no multiple of "
                    + type.blockElements() + " as " + type + " needs");
        }
        return new GgufTensorInfo(name, type, List.copyOf(shape), in.int64(), type.bytes(elements));
    }

    private static DType type(GgufCursor in, String name, int number) {
        DType type = GgmlTypes.find(number);
        if (type != null) {
            return type;
        }
        String known = GgmlTypes.name(number);
        if (known == null) {
            throw in.damaged("has the unknown type " + Integer.toUnsignedString(number) + " at " + name);
        }
        throw new UnsupportedModelException(
                in.file() + " stores " + name + " as " + known, "use a file quantised to " + GgmlTypes.names());
    }

    /** Tensors aligned, apart and inside the data. */
    static void checkLayout(GgufCursor in, List<GgufTensorInfo> infos, long alignment, long dataSize) {
        List<GgufTensorInfo> inOrder = new ArrayList<>(infos);
        inOrder.sort(Comparator.comparingLong(GgufTensorInfo::offset));
        long end = 0;
        for (GgufTensorInfo info : inOrder) {
            if (info.offset < 0 || info.offset > dataSize || info.bytes > dataSize - info.offset) {
                throw in.damaged("is cut off: it ends before or inside " + info.name);
            }
            if (info.offset % alignment != 0) {
                throw in.damaged("has " + info.name + " off the alignment of " + alignment);
            }
            if (info.offset < end) {
                throw in.damaged("has overlapping tensors at " + info.name);
            }
            end = info.offset + info.bytes;
        }
    }

    Tensor tensor(MemorySegment data) {
        return new Tensor(name, type, shape, data.asSlice(offset, bytes));
    }
}

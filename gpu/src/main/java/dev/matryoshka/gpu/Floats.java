package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.gpu.device.Transfers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/** Values of float32 matrices between arrays, which have no gaps, and device memory, where rows may lie apart. */
record Floats(Transfers transfers) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    void write(DeviceTensor to, float[] values) {
        pieces(
                to,
                values.length,
                (at, from, count) -> transfers.upload(
                        DeviceStorage.of(to).buffer(),
                        at,
                        4L * count,
                        4,
                        (into, offset, bytes) -> MemorySegment.copy(
                                values, from + (int) (offset / 4), into, FLOAT, 0, (int) (bytes / 4))));
    }

    void read(DeviceTensor from, float[] into) {
        MemorySegment all = MemorySegment.ofArray(into);
        pieces(
                from,
                into.length,
                (at, to, count) ->
                        transfers.download(DeviceStorage.of(from).buffer(), at, all.asSlice(4L * to, 4L * count)));
    }

    void readColumns(DeviceTensor from, int[] starts, int width, float[] into) {
        long[] offsets = IntStream.of(starts)
                .mapToLong(start -> 4 * (from.offset() + start))
                .toArray();
        transfers.gather(DeviceStorage.of(from).buffer(), offsets, 4L * width, MemorySegment.ofArray(into));
    }

    /** Moves some values that lie together on both sides. */
    @FunctionalInterface
    private interface Piece {
        /**
         * @param at first byte on the device
         * @param index first value of the array
         * @param count values
         */
        void move(long at, int index, int count);
    }

    private static void pieces(DeviceTensor tensor, int values, Piece piece) {
        int count = tensor.rowStride() == tensor.columns() ? values : tensor.columns();
        for (int index = 0; index < values; index += count) {
            long row = index / tensor.columns();
            piece.move(4 * (tensor.offset() + row * tensor.rowStride()), index, count);
        }
    }
}

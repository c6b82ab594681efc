package dev.matryoshka.gpu.device;

import java.lang.foreign.MemorySegment;

/** Copies between host and device; each ends before its call does. */
public interface Transfers {
    /** Fills {@code count} bytes that go to {@code at} and what follows, both counted from the start of the upload. */
    @FunctionalInterface
    interface Source {
        void fill(MemorySegment into, long at, long count);
    }

    /**
     * Writes to a buffer.
     *
     * @param unit every call of the source gets a multiple of so many bytes
     */
    void upload(DeviceBuffer to, long offset, long count, long unit, Source source);

    /** Reads from a buffer, piece by piece. */
    void download(DeviceBuffer from, long offset, MemorySegment into);

    /**
     * Reads pieces of equal size, one after the other.
     *
     * @param count bytes of a piece
     */
    void gather(DeviceBuffer from, long[] offsets, long count, MemorySegment into);

    /** Makes a buffer zero. */
    void clear(DeviceBuffer buffer);
}

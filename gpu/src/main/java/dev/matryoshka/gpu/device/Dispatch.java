package dev.matryoshka.gpu.device;

import java.util.List;

/**
 * One start of a kernel.
 *
 * @param kernel what runs
 * @param label what traces call it
 * @param bindings what it works on, in the order of its bindings
 * @param arguments push constants, floats as their bits
 * @param groups work groups
 * @param cost bytes it reads and writes, or a tenth of its multiply-adds where that is more: what its time grows with
 */
public record Dispatch(Kernel kernel, String label, List<Binding> bindings, int[] arguments, long groups, long cost) {
    /**
     * A window of a buffer.
     *
     * @param offset in bytes, aligned as the device wants it
     * @param range in bytes
     * @param use how the kernel sees it
     */
    public record Binding(DeviceBuffer buffer, long offset, long range, Use use) {}

    /** Ways to bind memory. */
    public enum Use {
        READ,
        /** Written, or read and written. */
        WRITE,
        /** A uniform buffer. */
        UNIFORM,
        /** Texels of four 32-bit words. */
        QUADS,
        /** Texels of one float16. */
        HALVES
    }
}

package dev.matryoshka.gpu.device;

import java.util.Arrays;
import java.util.List;

/**
 * A compute shader made for one use: its specialization constants are part of it.
 *
 * @param shader file name without ending
 * @param uses how it binds memory, after the step's parameters
 * @param constants by constant_id; the first is the size of a work group
 */
public record Kernel(String shader, List<Dispatch.Use> uses, List<Integer> constants) {
    /** A kernel with its constants in order. */
    public static Kernel of(String shader, List<Dispatch.Use> uses, int localSize, Integer... more) {
        Integer[] all = new Integer[more.length + 1];
        all[0] = localSize;
        System.arraycopy(more, 0, all, 1, more.length);
        return new Kernel(shader, uses, Arrays.asList(all));
    }

    /** Invocations of a work group. */
    public int localSize() {
        return constants.getFirst();
    }
}

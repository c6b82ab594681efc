package dev.matryoshka.gpu;

import dev.matryoshka.gpu.vk.PhysicalDevice;

/**
 * Which variant of a kernel a device runs, chosen once.
 *
 * @param vector how a matrix meets a vector
 * @param integer whether quantised weights meet quantised rows of activations (16 bits, see quantize.comp)
 * @param lanes invocations of a work group that reduces a row
 * @param itemLanes invocations of a work group that works element by element
 * @param teamLanes invocations of a work group of subgroups that work apart, for texels, see teams.glsl
 * @param teams subgroups of it
 * @param chunk tokens of a prefill step
 * @param cooperative whether products of many rows run on cooperative matrices
 * @param subgroup invocations of a subgroup
 */
record Tuning(
        MatVec vector,
        boolean integer,
        int lanes,
        int itemLanes,
        int teamLanes,
        int teams,
        int chunk,
        boolean cooperative,
        int subgroup) {
    /** How a matrix meets a vector. */
    enum MatVec {
        /** Through texels: for devices that run invocations as lanes of a CPU's vectors. */
        TEXELS,
        /** A work group sums up in shared memory. */
        SHARED,
        /** A work group sums up by subgroups. */
        SUBGROUP
    }

    private static final long TEXEL_BYTES = 16;
    private static final int LANES = 64;
    private static final int CPU_LANES = 32;
    private static final int CPU_ITEMS = 128;
    private static final int CHUNK = 256;
    private static final int CPU_CHUNK = 64;

    static Tuning of(PhysicalDevice device) {
        int subgroup = device.subgroup();
        boolean texels = TEXEL_BYTES * device.maxTexels() >= device.maxBinding();
        if (device.kind() == PhysicalDevice.Kind.CPU && subgroup > 0 && texels) {
            return new Tuning(
                    MatVec.TEXELS,
                    device.integerDot(),
                    CPU_LANES,
                    CPU_ITEMS,
                    8 * subgroup,
                    8,
                    CPU_CHUNK,
                    false,
                    subgroup);
        }
        boolean subgroups = subgroup >= 8 && subgroup <= 128;
        return new Tuning(
                subgroups ? MatVec.SUBGROUP : MatVec.SHARED, false, LANES, LANES, LANES, 1, CHUNK, false, subgroup);
    }

    /** The same with another choice of products. */
    Tuning with(MatVec choice, boolean integerChoice) {
        return new Tuning(choice, integerChoice, lanes, itemLanes, teamLanes, teams, chunk, cooperative, subgroup);
    }

    /** The same with cooperative matrices or without. */
    Tuning cooperative(boolean choice) {
        return new Tuning(vector, integer, lanes, itemLanes, teamLanes, teams, chunk, choice, subgroup);
    }
}

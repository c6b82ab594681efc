package dev.matryoshka.gpu;

import dev.matryoshka.gpu.vk.PhysicalDevice;

/**
 * Which variant of a kernel a device runs, chosen once.
 *
 * @param vector how a matrix meets a vector
 * @param integer whether quantised weights meet quantised rows of activations (16 bits, see quantize.comp)
 * @param lanes invocations of a work group that reduces a row
 * @param itemLanes invocations of a work group that works element by element
 * @param teamLanes invocations of a work group of teams, see teams.glsl
 * @param teams teams of a work group
 */
record Tuning(MatVec vector, boolean integer, int lanes, int itemLanes, int teamLanes, int teams) {
    /** How a matrix meets a vector. */
    enum MatVec {
        /** Through texels: for devices that run invocations as lanes of a CPU's vectors. */
        TEXELS,
        /** A team is a work group, which sums up in shared memory. */
        SHARED,
        /** A team is a subgroup. */
        SUBGROUP
    }

    private static final long TEXEL_BYTES = 16;
    private static final int LANES = 64;
    private static final int CPU_LANES = 32;
    private static final int CPU_ITEMS = 128;

    static Tuning of(PhysicalDevice device) {
        int subgroup = device.subgroup();
        boolean texels = TEXEL_BYTES * device.maxTexels() >= device.maxBinding();
        if (device.kind() == PhysicalDevice.Kind.CPU && subgroup > 0 && texels) {
            return new Tuning(MatVec.TEXELS, device.integerDot(), CPU_LANES, CPU_ITEMS, 8 * subgroup, 8);
        }
        boolean subgroups = subgroup >= 8 && subgroup <= 128;
        return subgroups
                ? new Tuning(
                        MatVec.SUBGROUP, false, LANES, LANES, Math.max(LANES, subgroup), Math.max(1, LANES / subgroup))
                : new Tuning(MatVec.SHARED, false, LANES, LANES, LANES, 1);
    }

    /** The same with another choice of products. */
    Tuning with(MatVec choice, boolean integerChoice) {
        boolean shared = choice == MatVec.SHARED;
        return new Tuning(choice, integerChoice, lanes, itemLanes, shared ? LANES : teamLanes, shared ? 1 : teams);
    }
}

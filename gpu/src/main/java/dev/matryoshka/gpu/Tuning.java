package dev.matryoshka.gpu;

import dev.matryoshka.gpu.vk.PhysicalDevice;

/**
 * Which variant of a kernel a device runs, chosen once.
 *
 * @param vector for one row of x, see {@link MatVec}
 * @param tiled whether products of many rows go through shared memory
 * @param lanes invocations of a work group that reduces a row
 * @param itemLanes invocations of a work group that works element by element
 * @param maxUniform largest uniform buffer, in bytes
 */
record Tuning(MatVec vector, boolean tiled, int lanes, int itemLanes, int maxUniform) {
    /** How a matrix meets a vector. */
    enum MatVec {
        /** Four outputs an invocation, through texels: for devices that run invocations as lanes of a CPU's vectors. */
        TEXELS,
        /** One work group an output, summed up in shared memory. */
        SHARED,
        /** One work group an output, summed up by subgroup operations. */
        SUBGROUP
    }

    static Tuning of(PhysicalDevice device) {
        boolean cpu = device.kind() == PhysicalDevice.Kind.CPU;
        MatVec vector = cpu ? MatVec.TEXELS : device.subgroup() >= 8 ? MatVec.SUBGROUP : MatVec.SHARED;
        return new Tuning(vector, !cpu, cpu ? 32 : 64, cpu ? 128 : 64, device.maxUniform());
    }
}

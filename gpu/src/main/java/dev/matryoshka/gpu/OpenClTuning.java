package dev.matryoshka.gpu;

import dev.matryoshka.gpu.cl.PhysicalDevice;

/**
 * Sizes of work groups.
 *
 * @param lanes of a group that reduces a row
 * @param itemLanes of a group that works element by element
 * @param teamLanes of a group that computes a column of a product or a head of attention
 */
record OpenClTuning(int lanes, int itemLanes, int teamLanes) {
    /** A processor runs invocations as lanes of its vectors or one after the other: what is long enough is one's own work. */
    static final OpenClTuning CPU = new OpenClTuning(16, 64, 1);

    static final OpenClTuning GPU = new OpenClTuning(64, 64, 64);

    static OpenClTuning of(PhysicalDevice device) {
        return device.cpu() ? CPU : GPU;
    }
}

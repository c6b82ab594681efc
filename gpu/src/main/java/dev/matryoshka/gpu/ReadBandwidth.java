package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.vk.Recording;
import dev.matryoshka.gpu.vk.VulkanDevice;
import java.util.Collections;
import java.util.List;

/** How fast kernels read a device's memory: the bound of a decoded token. */
final class ReadBandwidth {
    private static final long BYTES = 256L << 20;
    private static final int PER_ITEM = 16;
    private static final int LANES = 128;
    private static final int PASSES = 8;
    private static final int RUNS = 5;

    private ReadBandwidth() {}

    /** Bytes a second, the best of several runs. */
    static double measure(VulkanDevice device, DeviceBuffer step) {
        try (Allocations memory = new Allocations(device, MemoryLedger.ACTIVATIONS)) {
            int columns = Math.toIntExact(Math.min(BYTES, device.physical().maxBinding()) / Float.BYTES);
            DeviceTensor out = memory.matrix(1, 4);
            DeviceTensor all = memory.matrix(1, columns);
            device.transfers().clear(DeviceStorage.of(all).buffer());
            int items = columns / 4 / PER_ITEM;
            Dispatch read = new DispatchBuilder("read", Long.MAX_VALUE)
                    .out(out)
                    .in(all)
                    .arguments(items)
                    .items(items, LANES, PER_ITEM);
            List<Dispatch> passes = Collections.nCopies(PASSES, read);
            try (Recording recording = new Recording(device, "read", passes, step, Long.MAX_VALUE)) {
                double best = 0;
                for (int run = 0; run < RUNS; run++) {
                    long start = System.nanoTime();
                    recording.run();
                    best = Math.max(best, 4.0 * columns * PASSES / ((System.nanoTime() - start) / 1e9));
                }
                return best;
            }
        }
    }
}

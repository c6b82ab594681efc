package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.device.GpuDevice;
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

    /** Runs dispatches one after the other and waits for the end of the last. */
    @FunctionalInterface
    interface Runner {
        void run(List<Dispatch> dispatches, int times, Runnable after);
    }

    /**
     * Bytes a second, the best of several runs.
     *
     * @param most bytes that a kernel can be given at a time
     * @param runner runs what it is given several times, each time calling {@code after}
     */
    static double measure(GpuDevice device, long most, Runner runner) {
        try (Allocations memory = new Allocations(device, MemoryLedger.ACTIVATIONS)) {
            int columns = Math.toIntExact(Math.min(BYTES, most) / Float.BYTES);
            DeviceTensor out = memory.matrix(1, 4);
            DeviceTensor all = memory.matrix(1, columns);
            device.transfers().clear(DeviceStorage.of(all).buffer());
            int items = columns / 4 / PER_ITEM;
            Dispatch read = new DispatchBuilder("read", Long.MAX_VALUE)
                    .out(out)
                    .in(all)
                    .arguments(items)
                    .items(items, LANES, PER_ITEM);
            Watch watch = new Watch();
            runner.run(Collections.nCopies(PASSES, read), RUNS, watch::lap);
            return 4.0 * columns * PASSES / (watch.best / 1e9);
        }
    }

    /** The shortest of several laps. */
    private static final class Watch {
        private long last = System.nanoTime();
        private long best = Long.MAX_VALUE;

        void lap() {
            long now = System.nanoTime();
            best = Math.min(best, now - last);
            last = now;
        }
    }
}

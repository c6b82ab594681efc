package dev.matryoshka.engine;

import com.sun.management.OperatingSystemMXBean;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Refuses what would make the machine swap, before it is loaded. */
final class MemoryCheck {
    private MemoryCheck() {}

    /**
     * Weights are mapped, not copied, but each token reads all of the decoder: more of it than memory means a disk read
     * for every token. Per-layer embeddings, of which a token needs a few rows, may exceed memory.
     */
    static void weights(WeightSource weights) {
        long needed = 0;
        for (String name : weights.shapes().keySet()) {
            if (!name.contains("embed_tokens_per_layer")) {
                Tensor tensor = weights.find(name);
                needed += tensor == null ? 0 : tensor.data().byteSize();
            }
        }
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        check(needed, memory);
    }

    static void check(long needed, long memory) {
        if (needed > memory) {
            throw new InsufficientMemoryException(
                    String.format(
                            Locale.ROOT,
                            "the model needs %.1f GB of memory, this machine has %.1f GB",
                            needed / 1e9,
                            memory / 1e9),
                    "choose a smaller model, for example E2B");
        }
    }
}

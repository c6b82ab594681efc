package dev.matryoshka.engine;

import dev.matryoshka.engine.weights.TableStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a loaded model holds at one moment.
 *
 * @param device what computes, for people
 * @param held bytes on that device by purpose, named as in {@link dev.matryoshka.engine.backend.MemoryLedger}
 * @param freeBytes that this process may still take there; {@link Long#MAX_VALUE} where nobody says
 * @param residency how much of the decoder is there; null on the CPU, which maps all of it
 * @param perLayer the table of per-layer embeddings, which stays with the CPU
 */
public record MemoryUse(
        String device,
        Map<String, Long> held,
        long freeBytes,
        @Nullable Residency residency,
        TableStatus perLayer) {
    public MemoryUse {
        held = new LinkedHashMap<>(held);
    }

    /** Everything on the device. */
    public long heldBytes() {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }
}

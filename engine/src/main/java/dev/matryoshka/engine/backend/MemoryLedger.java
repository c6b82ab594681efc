package dev.matryoshka.engine.backend;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Bytes that a backend holds, by what they are for. */
public final class MemoryLedger {
    public static final String WEIGHTS = "weights";
    public static final String KV = "kv";
    public static final String ACTIVATIONS = "activations";
    public static final String STAGING = "staging";
    private static final List<String> PURPOSES = List.of(WEIGHTS, KV, ACTIVATIONS, STAGING);

    private final Map<String, Long> held = new ConcurrentHashMap<>();

    /**
     * Enters what was taken, or what was given back as a negative number.
     *
     * @param purpose one of the constants; workspaces of other names hold activations
     */
    public void add(String purpose, long bytes) {
        held.merge(PURPOSES.contains(purpose) ? purpose : ACTIVATIONS, bytes, Long::sum);
    }

    /** Every purpose and what is held now. */
    public Map<String, Long> bytes() {
        Map<String, Long> all = new LinkedHashMap<>();
        PURPOSES.forEach(purpose -> all.put(purpose, held.getOrDefault(purpose, 0L)));
        return all;
    }
}

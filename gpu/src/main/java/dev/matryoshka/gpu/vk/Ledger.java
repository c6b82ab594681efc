package dev.matryoshka.gpu.vk;

import java.util.Map;
import java.util.TreeMap;

/** Bytes held, by purpose. */
public final class Ledger {
    private final Map<String, Long> held = new TreeMap<>();

    synchronized void add(String purpose, long bytes) {
        held.merge(purpose, bytes, Long::sum);
    }

    synchronized void remove(String purpose, long bytes) {
        held.merge(purpose, -bytes, Long::sum);
    }

    /** What is held now. */
    public synchronized Map<String, Long> snapshot() {
        return new TreeMap<>(held);
    }
}

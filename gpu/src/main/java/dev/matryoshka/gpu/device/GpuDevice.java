package dev.matryoshka.gpu.device;

import dev.matryoshka.engine.backend.MemoryLedger;

/** An opened device with memory of its own. One thread at a time uses it; the caller sees to it. */
public interface GpuDevice extends AutoCloseable {
    /**
     * Memory with undefined contents.
     *
     * @param purpose for the ledger
     * @param bytes rounded up to whole vectors of 16
     * @throws dev.matryoshka.engine.error.InsufficientMemoryException if there is not so much
     */
    DeviceBuffer allocate(String purpose, long bytes);

    /** Copies between host and device. */
    Transfers transfers();

    /** Bytes held, by purpose. */
    MemoryLedger ledger();

    @Override
    void close();
}

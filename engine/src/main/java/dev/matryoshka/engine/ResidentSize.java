package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;

/**
 * A resident maximum and what it costs.
 *
 * @param bytes of weights on the device, as its ledger says
 */
public record ResidentSize(MatFormerSlice slice, long bytes) {}

package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import org.jspecify.annotations.Nullable;

/**
 * How much of the decoder a device keeps at one moment.
 *
 * @param wanted the most that any slice can use
 * @param moving whether layers are still on their way there
 * @param problem why the last wish was given up; null where it was not
 */
public record Residency(
        MatFormerSlice wanted, boolean moving, @Nullable MatryoshkaException problem) {}

package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.function.Function;

/** The most of the decoder that a device keeps. The CPU maps all of it and keeps nothing. */
public sealed interface ResidentMaximum {
    /** What a slice needs. */
    record OfSlice(Function<TextConfig, MatFormerSlice> choice) implements ResidentMaximum {}

    /** What the largest elastic size needs whose weights take no more than some bytes, see {@link Gemma3n#residentSizes}. */
    record OfBytes(long bytes) implements ResidentMaximum {
        public OfBytes {
            if (bytes <= 0) {
                throw new InvalidRequestException("a device memory of " + bytes + " bytes", "allow more than 0");
            }
        }
    }
}

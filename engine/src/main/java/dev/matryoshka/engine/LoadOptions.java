package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How to load a model.
 *
 * @param id what to call it, for example {@code google/gemma-3n-E2B-it}
 * @param device device name, see {@link Devices#open}, or {@link Devices#AUTO}
 * @param slice chooses the Mix-n-Match slice once the configuration is known
 * @param contextLimit tokens a conversation can hold, at most; bounded by what the model was made for
 * @param projector the {@code mmproj} file of a GGUF model; null for the one beside it, if there is one
 * @param resident the most that a device keeps, which {@code slice} stays within there; null for all of the model
 */
public record LoadOptions(
        String id,
        String device,
        Function<TextConfig, MatFormerSlice> slice,
        int contextLimit,
        @Nullable Path projector,
        @Nullable ResidentMaximum resident) {
    public LoadOptions {
        if (contextLimit < 1) {
            throw new InvalidRequestException("a context of " + contextLimit + " tokens", "allow 1 token or more");
        }
    }

    /** Towers where they are looked for, and all of the model on the device. */
    public LoadOptions(String id, String device, Function<TextConfig, MatFormerSlice> slice, int contextLimit) {
        this(id, device, slice, contextLimit, null, null);
    }

    /** Context that fits small machines; the published models go up to 32,768. */
    public static final int DEFAULT_CONTEXT = 4096;

    /** The whole model on the CPU. */
    public static LoadOptions named(String id) {
        return new LoadOptions(id, "cpu", MatFormerSlice::whole, DEFAULT_CONTEXT);
    }

    /** The same with another slice. */
    public LoadOptions withSlice(Function<TextConfig, MatFormerSlice> choice) {
        return new LoadOptions(id, device, choice, contextLimit, projector, resident);
    }

    /** The same with the towers of another file. */
    public LoadOptions withProjector(@Nullable Path file) {
        return new LoadOptions(id, device, slice, contextLimit, file, resident);
    }

    /** The same with no more of the decoder on the device. */
    public LoadOptions withResident(@Nullable ResidentMaximum maximum) {
        return new LoadOptions(id, device, slice, contextLimit, projector, maximum);
    }
}

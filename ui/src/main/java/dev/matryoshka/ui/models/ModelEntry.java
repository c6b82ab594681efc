package dev.matryoshka.ui.models;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model on this machine.
 *
 * @param id what chooses it, see {@link dev.matryoshka.ui.ModelChoice#model}
 * @param name for people
 * @param origin who brought it
 * @param place where its folder or file is; for {@link Origin#ADDED} what the person added, which may hold several
 * @param diskBytes of its files
 * @param licence as its publisher names it; empty where it doesn't say
 * @param problem why it can't be used; null where nothing speaks against it
 */
public record ModelEntry(
        String id,
        String name,
        Origin origin,
        Path place,
        long diskBytes,
        String licence,
        @Nullable String problem) {

    /** Who brought a model. */
    public enum Origin {
        /** It ships with the program. */
        EMBEDDED,
        /** From a hub, into its cache. */
        FETCHED,
        /** The same, but not all of it is here yet. */
        BEGUN,
        /** The person named its folder or file. */
        ADDED
    }
}

package dev.matryoshka.ui.models;

import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Models and devices of this machine. Calls read files, measure or fetch: never on the UI thread. Every failure that a person
 * can mend is a {@link MatryoshkaException}.
 */
public interface Models {
    /**
     * What there is: the embedded model, those of the hub's caches, those that the person added.
     *
     * @param added folders and GGUF files
     */
    List<ModelEntry> list(List<String> added);

    /**
     * What a folder or file that the person names holds.
     *
     * @throws MatryoshkaException no model that can be used
     */
    List<ModelEntry> look(Path place);

    /**
     * What a model takes on a device, without loading it; memory of the model in use counts as free.
     *
     * @throws MatryoshkaException it can't be used, or there is no such device
     */
    ModelDetails details(ModelEntry entry, String device);

    /**
     * Fetches a model from the hub, or the rest of it. Nothing else ever connects to anything.
     *
     * @param id {@code owner/name}, with {@code :TYPE} for one of several GGUF files
     * @param token of the person's account there; empty for the one that the environment names
     * @param stop asked all the time; what came until then is kept
     * @throws MatryoshkaException it can't be fetched
     * @throws java.util.concurrent.CancellationException stopped
     */
    void fetch(String id, String token, Progress progress, BooleanSupplier stop);

    /** Deletes the files of a model that was fetched. */
    void remove(ModelEntry entry);

    /**
     * The devices, best first.
     *
     * @param anew measures every one, which takes seconds for each; else what is known, as a start does it
     */
    Survey devices(boolean anew);

    /** Hears how far a model is fetched. */
    @FunctionalInterface
    interface Progress {
        /** Bytes that are here, of all. */
        void onBytes(long done, long total);
    }

    /** A machine without any. */
    static Models none() {
        return new Models() {
            @Override
            public List<ModelEntry> list(List<String> added) {
                return List.of();
            }

            @Override
            public List<ModelEntry> look(Path place) {
                return List.of();
            }

            @Override
            public ModelDetails details(ModelEntry entry, String device) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void fetch(String id, String token, Progress progress, BooleanSupplier stop) {}

            @Override
            public void remove(ModelEntry entry) {}

            @Override
            public Survey devices(boolean anew) {
                return new Survey(List.of(), Map.of());
            }
        };
    }
}

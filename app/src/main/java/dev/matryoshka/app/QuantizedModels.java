package dev.matryoshka.app;

import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.ProjectorExport;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/**
 * Hugging Face folders in smaller types: a GGUF file for each type, and one for the towers, made when they are first asked for and kept in the
 * cache as long as the folder stays as it is. A file gets its name when it is whole; what a killed run has written is gone on from.
 */
final class QuantizedModels {
    /** Of the towers, as they are published. */
    private static final DType TOWERS = DType.BF16;

    /** Of the time that everything takes. */
    private static final double TOWERS_SHARE = 0.1;

    private final Path folder;

    /** @param cache the program's cache folder */
    QuantizedModels(Path cache) {
        folder = cache.resolve("quantized");
    }

    /**
     * The file of a model in a type, with its towers beside it.
     *
     * @param model a Hugging Face folder
     * @param type one of {@link GgufExport#TYPES}
     * @param progress hears the share that is made, if anything is
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be made, with the reason
     */
    Path find(ModelStore.Found model, DType type, DoubleConsumer progress) {
        if (!Files.isDirectory(model.path())) {
            throw new InvalidRequestException(
                    model.id() + " is a GGUF file, whose matrices have their types",
                    "leave --type out, or name a folder");
        }
        String name = model.id().replaceAll("[^A-Za-z0-9._-]+", "-");
        Path place = folder.resolve(name + "-" + FolderFingerprint.of(model.path()));
        Path text = place.resolve(name + "-" + type.name().toLowerCase(Locale.ROOT) + ".gguf");
        Path towers = place.resolve("mmproj-" + name + ".gguf");
        ModelConfig config = ConfigReader.read(model.path());
        boolean withTowers = config.vision() != null || config.audio() != null;
        if (Files.exists(text) && (!withTowers || Files.exists(towers))) {
            return text;
        }
        try {
            Files.createDirectories(place);
            make(model.path(), place, withTowers ? towers : text, text, type, progress);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    place + " can't be written (" + e.getMessage() + ")",
                    "make room for the quantised model there, or use the folder without --type",
                    e);
        }
        return text;
    }

    /** One process and one thread at a time; who waited finds what the other made. The towers first, as the text says that all is there. */
    private static synchronized void make(
            Path model, Path place, Path towers, Path text, DType type, DoubleConsumer progress) throws IOException {
        try (FileChannel lock =
                FileChannel.open(place.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            boolean first = !towers.equals(text) && !Files.exists(towers);
            if (first) {
                ProjectorExport.resume(model, towers, TOWERS, share -> progress.accept(TOWERS_SHARE * share));
            }
            if (!Files.exists(text)) {
                double done = first ? TOWERS_SHARE : 0;
                GgufExport.resume(
                        model, text, GgufExport.Types.of(type), share -> progress.accept(done + (1 - done) * share));
            }
        }
    }
}

package dev.matryoshka.engine.checkpoint;

import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.AudioFeatureReader;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.tokenizer.BpeTokenizer;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import dev.matryoshka.engine.weights.gguf.GgufFile;
import dev.matryoshka.engine.weights.gguf.GgufWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model's files say, weights mapped.
 *
 * @param tokenizer null where there is none: such a model can be probed, not chatted with
 */
public record Checkpoint(
        ModelConfig config,
        AudioFeatureConfig audioFeatures,
        WeightSource weights,
        @Nullable Tokenizer tokenizer) implements AutoCloseable {

    /**
     * Opens a Hugging Face folder or a GGUF file.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be opened, with the reason and what to do
     */
    public static Checkpoint open(Path model) {
        return open(model, null);
    }

    /**
     * Opens a model whose towers for pictures and sounds are in a file of their own.
     *
     * @param projector the {@code mmproj} file; null for the one that lies beside a GGUF file, if there is one
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be opened, with the reason and what to do
     */
    public static Checkpoint open(Path model, @Nullable Path projector) {
        if (Files.isRegularFile(model)) {
            return gguf(model, projector == null ? Projectors.beside(model) : projector);
        }
        if (projector != null) {
            throw new InvalidRequestException(
                    model + " is no GGUF file and has its towers inside", "leave the mmproj file out");
        }
        return folder(model);
    }

    private static Checkpoint folder(Path folder) {
        ModelConfig config = ConfigReader.read(folder);
        AudioFeatureConfig audioFeatures = AudioFeatureReader.read(folder);
        Path file = folder.resolve("tokenizer.json");
        Tokenizer tokenizer = Files.exists(file) ? BpeTokenizer.load(file) : null;
        checkVocabulary(tokenizer, config, "tokenizer.json");
        return new Checkpoint(config, audioFeatures, Weights.open(folder), tokenizer);
    }

    private static Checkpoint gguf(Path path, @Nullable Path projectorPath) {
        GgufFile file = GgufFile.open(path);
        GgufFile projector = null;
        try {
            GgufConfig.checkKind(file.metadata());
            Tokenizer tokenizer = BpeTokenizer.of(file.metadata());
            ProjectorConfig towers = null;
            if (projectorPath != null) {
                projector = GgufFile.open(projectorPath);
                towers = new ProjectorConfig(projector, tokenizer);
            }
            ModelConfig config = GgufConfig.read(file, tokenizer, towers);
            checkVocabulary(tokenizer, config, file.metadata().file());
            WeightSource weights = projector == null || towers == null
                    ? new GgufWeights(file)
                    : new GgufWeights(file, projector, towers.textVocabulary());
            return new Checkpoint(config, AudioFeatureConfig.DEFAULT, weights, tokenizer);
        } catch (RuntimeException | Error e) {
            file.close();
            if (projector != null) {
                projector.close();
            }
            throw e;
        }
    }

    private static void checkVocabulary(@Nullable Tokenizer tokenizer, ModelConfig config, String file) {
        int most = config.text().vocabSize();
        if (tokenizer != null && tokenizer.size() > most) {
            throw new ModelFormatException(
                    file + " has " + tokenizer.size() + " tokens, the model's table has " + most + " rows",
                    "its files do not belong together, fetch the model again");
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}

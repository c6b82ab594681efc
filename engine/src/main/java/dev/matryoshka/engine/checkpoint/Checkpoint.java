package dev.matryoshka.engine.checkpoint;

import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.AudioFeatureReader;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
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
        return Files.isRegularFile(model) ? gguf(model) : folder(model);
    }

    private static Checkpoint folder(Path folder) {
        ModelConfig config = ConfigReader.read(folder);
        AudioFeatureConfig audioFeatures = AudioFeatureReader.read(folder);
        Path file = folder.resolve("tokenizer.json");
        Tokenizer tokenizer = Files.exists(file) ? BpeTokenizer.load(file) : null;
        checkVocabulary(tokenizer, config, "tokenizer.json");
        return new Checkpoint(config, audioFeatures, Weights.open(folder), tokenizer);
    }

    private static Checkpoint gguf(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            GgufConfig.checkKind(file.metadata());
            Tokenizer tokenizer = BpeTokenizer.of(file.metadata());
            ModelConfig config = GgufConfig.read(file, tokenizer);
            checkVocabulary(tokenizer, config, file.metadata().file());
            return new Checkpoint(config, AudioFeatureConfig.DEFAULT, new GgufWeights(file), tokenizer);
        } catch (RuntimeException | Error e) {
            file.close();
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

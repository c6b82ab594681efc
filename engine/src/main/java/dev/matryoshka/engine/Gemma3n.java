package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.AudioFeatureReader;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.engine.weights.WeightSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A loaded model. Conversations share its weights; each has its own keys and values. */
public final class Gemma3n implements AutoCloseable {
    private static final int MAX_TOKENS = 1024;
    private static final int SAMPLES_PER_SECOND = 16_000;

    private final LoadOptions options;
    private final ModelConfig config;
    private final MatFormerSlice slice;
    private final WeightSource weights;
    private final Backend backend;
    private final @Nullable Tokenizer tokenizer;
    private final Towers towers;
    private final Decoder decoder;
    private final InputEmbedder embedder;
    private final String type;

    private Gemma3n(Checkpoint checkpoint, LoadOptions options) {
        this.options = options;
        config = checkpoint.config();
        weights = checkpoint.weights();
        tokenizer = checkpoint.tokenizer();
        slice = options.slice().apply(config.text());
        slice.check(config.text());
        MemoryCheck.weights(weights);
        backend = Devices.open(options.device());
        try {
            towers = new Towers(config, checkpoint.audioFeatures(), weights, backend);
            TextWeights text = TextWeights.load(weights, config.text(), backend);
            type = text.embedTokens().type().name();
            decoder = new Decoder(config.text(), text);
            decoder.check(slice);
            embedder = new InputEmbedder(text.embedTokens(), config.text(), textVocabulary(), towers::embed);
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /**
     * Loads a Hugging Face folder or a GGUF file.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be loaded, with the reason and what to do
     */
    public static Gemma3n load(Path model, LoadOptions options) {
        return of(Checkpoint.open(model), options);
    }

    private static Gemma3n of(Checkpoint checkpoint, LoadOptions options) {
        try {
            return new Gemma3n(checkpoint, options);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Weights by formula for the configuration of a folder, to compare implementations and measure speed at any size. It
     * has no tokenizer and so holds no chats.
     */
    public static Gemma3n synthetic(Path folder, long seed, LoadOptions options) {
        ModelConfig config = ConfigReader.read(folder);
        String prefix = config.vision() == null && config.audio() == null ? "model." : "model.language_model.";
        WeightSource weights = SyntheticWeights.onDemand(prefix, config.text(), seed, DType.BF16);
        return of(new Checkpoint(config, AudioFeatureReader.read(folder), weights, null), options);
    }

    /**
     * The same for a published model without its towers, whose files need not be there.
     *
     * @param name see {@link PublishedModels#textOnly}
     * @param type stored type of its matrices
     */
    public static Gemma3n synthetic(String name, DType type, long seed, LoadOptions options) {
        ModelConfig config = PublishedModels.textOnly(name);
        WeightSource weights = SyntheticWeights.onDemand("model.", config.text(), seed, type);
        return of(new Checkpoint(config, AudioFeatureConfig.DEFAULT, weights, null), options);
    }

    /** Opens a conversation. */
    public ChatSession newChat(String system) {
        if (tokenizer == null) {
            throw new InvalidRequestException(
                    options.id() + " has no tokenizer.json",
                    "add the one that belongs to the model; without it there is only probe");
        }
        return new Conversation(new PromptEncoder(config, tokenizer, towers, system), session(contextLimit()));
    }

    int contextLimit() {
        return Math.min(options.contextLimit(), config.text().maxPositionEmbeddings());
    }

    DecoderSession session(int limit) {
        return new DecoderSession(backend, decoder, embedder, slice, limit);
    }

    /** What this model recommends. */
    public GenerationConfig defaultGeneration() {
        ModelConfig.SamplingDefaults d = config.sampling();
        return new GenerationConfig(d.temperature(), d.topK(), d.topP(), 0, 1, 0, MAX_TOKENS);
    }

    /** For people to read. */
    public ModelInfo info() {
        return new ModelInfo(
                options.id(),
                ModelSize.all(weights),
                ModelSize.effective(config.text(), slice),
                type,
                contextLimit(),
                config.vision() == null ? 0 : config.imageSoftTokens(),
                config.audio() == null ? 0 : config.audioSoftTokens(),
                backend.device(),
                slice.name());
    }

    /** Longest sound that {@link PromptPart.Audio} may bring, in samples at 16 kHz; 0 where the model hears none. */
    public int maxAudioSamples() {
        return towers.maxSamples();
    }

    /** The same in seconds. */
    public double maxAudioSeconds() {
        return (double) maxAudioSamples() / SAMPLES_PER_SECOND;
    }

    /** Ids from here on belong to the picture and sound vocabularies. */
    int textVocabulary() {
        TextConfig text = config.text();
        VisionConfig vision = config.vision();
        AudioConfig audio = config.audio();
        int end = vision == null ? text.vocabSize() : vision.vocabOffset();
        return audio == null ? end : Math.min(end, audio.vocabOffset());
    }

    /** Its hyper-parameters. */
    public ModelConfig config() {
        return config;
    }

    Backend backend() {
        return backend;
    }

    Decoder decoder() {
        return decoder;
    }

    InputEmbedder embedder() {
        return embedder;
    }

    MatFormerSlice slice() {
        return slice;
    }

    Towers towers() {
        return towers;
    }

    @Override
    public void close() {
        towers.close();
        backend.close();
        weights.close();
    }
}

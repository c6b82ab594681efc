package dev.matryoshka.engine;

import dev.matryoshka.engine.audio.AudioEncoder;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.multimodal.MultimodalEmbedder;
import dev.matryoshka.engine.preprocess.AudioFeatures;
import dev.matryoshka.engine.preprocess.ImagePreprocessor;
import dev.matryoshka.engine.preprocess.LogMelSpectrogram;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.vision.VisionEncoder;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Pictures and sounds to soft tokens. Towers are loaded when first needed. */
final class Towers implements AutoCloseable {
    private final ModelConfig config;
    private final AudioFeatureConfig audioFeatures;
    private final WeightSource weights;
    private final Backend backend;
    private @Nullable VisionEncoder vision;
    private @Nullable AudioEncoder audio;
    private @Nullable MultimodalEmbedder visionEmbedder;
    private @Nullable MultimodalEmbedder audioEmbedder;

    Towers(ModelConfig config, AudioFeatureConfig audioFeatures, WeightSource weights, Backend backend) {
        this.config = config;
        this.audioFeatures = audioFeatures;
        this.weights = weights;
        this.backend = backend;
    }

    /** Soft tokens of a picture, [hidden] each. */
    synchronized List<float[]> encode(RgbImage image) {
        float[] pixels = ImagePreprocessor.toInterleaved(image, config.imageSize());
        return rows(encodePixels(pixels, config.imageSize()).softTokens());
    }

    /**
     * What a picture becomes.
     *
     * @param features the tower's output, [soft tokens, tower size]
     * @param softTokens in the decoder's space, [soft tokens, hidden]
     */
    record Picture(float[] features, float[] softTokens) {}

    /** Encodes pixels, [size * size, 3] in [0, 1], of any size. */
    synchronized Picture encodePixels(float[] pixels, int size) {
        VisionConfig c = visionConfig();
        if (vision == null) {
            vision = new VisionEncoder(weights, c, backend);
        }
        float[] features = vision.encode(pixels, size);
        float[] scaled = features.clone();
        float factor = (float) Math.sqrt(c.hiddenSize());
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return new Picture(features, visionEmbedder().embed(scaled));
    }

    /** Soft tokens of a sound, [hidden] each, filled up to what the model expects. */
    synchronized List<float[]> encode(float[] samples) {
        Sound sound = encodeSamples(samples);
        List<float[]> tokens = rows(sound.softTokens());
        float[] filler = audioEmbedder().embedLast();
        for (int i = 0; i < tokens.size(); i++) {
            if (!sound.encoded().valid()[i]) {
                tokens.set(i, filler);
            }
        }
        while (tokens.size() < config.audioSoftTokens()) {
            tokens.add(filler);
        }
        return tokens;
    }

    /**
     * What a sound becomes.
     *
     * @param mel log-mel features
     * @param encoded the tower's output
     * @param softTokens in the decoder's space, [frames, hidden], nothing filled up
     */
    record Sound(AudioFeatures mel, AudioEncoder.Encoded encoded, float[] softTokens) {}

    /** Encodes samples at 16 kHz. */
    synchronized Sound encodeSamples(float[] samples) {
        AudioConfig c = audioConfig();
        if (samples.length > maxSamples()) {
            throw new InvalidRequestException(
                    String.format(
                            Locale.ROOT,
                            "the sound is %.1f s long, this model hears at most %.1f s",
                            samples.length / (double) audioFeatures.samplingRate(),
                            maxSamples() / (double) audioFeatures.samplingRate()),
                    "cut it into shorter pieces");
        }
        if (audio == null) {
            audio = new AudioEncoder(weights, c, backend);
        }
        AudioFeatures mel = new LogMelSpectrogram(audioFeatures).compute(samples);
        AudioEncoder.Encoded encoded = audio.encode(mel.values(), mel.mask());
        return new Sound(mel, encoded, audioEmbedder().embed(encoded.features()));
    }

    /** Longest sound that fits the soft tokens of one. */
    int maxSamples() {
        AudioConfig c = config.audio();
        if (c == null) {
            return 0;
        }
        int stride = c.sscpConvStrideSize().stream().mapToInt(s -> s.getFirst()).reduce(1, (a, b) -> a * b);
        long samples = (long) audioFeatures.hopLength() * stride * c.reductionFactor() * config.audioSoftTokens();
        return (int) Math.min(samples, LogMelSpectrogram.MAX_SAMPLES);
    }

    /** The embedding of an id of the picture or the sound vocabulary. */
    synchronized float[] embed(int id) {
        AudioConfig c = config.audio();
        if (id >= vocabulary()) {
            throw InputEmbedder.unknown(id, vocabulary());
        }
        return c != null && id >= c.vocabOffset()
                ? audioEmbedder().embed(id)
                : visionEmbedder().embed(id);
    }

    /** Ids of text, pictures and sounds together; a GGUF file's table may have rows for those of text alone. */
    private int vocabulary() {
        VisionConfig v = config.vision();
        AudioConfig a = config.audio();
        int known = config.text().vocabSize();
        known = v == null ? known : Math.max(known, v.vocabOffset() + v.vocabSize());
        return a == null ? known : Math.max(known, a.vocabOffset() + a.vocabSize());
    }

    private MultimodalEmbedder visionEmbedder() {
        if (visionEmbedder == null) {
            VisionConfig c = visionConfig();
            visionEmbedder =
                    embedder("model.embed_vision.", c.hiddenSize(), c.vocabSize(), c.vocabOffset(), c.rmsNormEps());
        }
        return visionEmbedder;
    }

    private MultimodalEmbedder audioEmbedder() {
        if (audioEmbedder == null) {
            AudioConfig c = audioConfig();
            audioEmbedder =
                    embedder("model.embed_audio.", c.hiddenSize(), c.vocabSize(), c.vocabOffset(), c.rmsNormEps());
        }
        return audioEmbedder;
    }

    private MultimodalEmbedder embedder(String prefix, int towerSize, int vocabulary, int offset, float eps) {
        int hidden = config.text().hiddenSize();
        return new MultimodalEmbedder(
                weights, new MultimodalEmbedder.Spec(prefix, towerSize, hidden, vocabulary, offset, eps), backend);
    }

    private VisionConfig visionConfig() {
        return present(config.vision(), "see pictures");
    }

    private AudioConfig audioConfig() {
        return present(config.audio(), "hear sounds");
    }

    private static <T> T present(@Nullable T tower, String ability) {
        if (tower == null) {
            throw new InvalidRequestException(
                    "this model can't " + ability, "ask with text alone, or load a multimodal Gemma 3n");
        }
        return tower;
    }

    private List<float[]> rows(float[] values) {
        int hidden = config.text().hiddenSize();
        List<float[]> rows = new ArrayList<>();
        for (int at = 0; at < values.length; at += hidden) {
            rows.add(Arrays.copyOfRange(values, at, at + hidden));
        }
        return rows;
    }

    @Override
    public synchronized void close() {
        if (vision != null) {
            vision.close();
        }
    }
}

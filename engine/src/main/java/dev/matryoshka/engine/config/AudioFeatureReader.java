package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads {@link AudioFeatureConfig} from {@code preprocessor_config.json}. */
public final class AudioFeatureReader {
    private static final String FILE = "preprocessor_config.json";
    /** Longest frame that makes sense; bounds the memory that a file can ask for. */
    private static final int MAX_FRAME = 1 << 16;

    private AudioFeatureReader() {}

    /**
     * Reads a Hugging Face folder; what is absent takes the published checkpoints' value.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException the file is damaged or asks for what is not supported
     */
    public static AudioFeatureConfig read(Path folder) {
        Path path = folder.resolve(FILE);
        JsonNode root = Files.exists(path) ? Json.read(path) : JsonNodeFactory.instance.objectNode();
        if (root.hasNonNull("per_bin_mean") || root.hasNonNull("per_bin_stddev")) {
            throw new UnsupportedModelException(
                    FILE + " normalises each mel band of a sound", "use a model with the published preprocessing");
        }
        JsonFields in = new JsonFields(FILE, root);
        AudioFeatureConfig d = AudioFeatureConfig.DEFAULT;
        AudioFeatureConfig config = new AudioFeatureConfig(
                in.whole("feature_size", 1, d.featureSize()),
                in.whole("sampling_rate", 1, d.samplingRate()),
                in.real("frame_length_ms", d.frameLengthMs()),
                in.real("hop_length_ms", d.hopLengthMs()),
                in.real("min_frequency", d.minFrequency()),
                in.real("max_frequency", d.maxFrequency()),
                in.real("preemphasis", d.preemphasis()),
                in.flag("preemphasis_htk_flavor", d.preemphasisHtkFlavor()),
                in.flag("fft_overdrive", d.fftOverdrive()),
                in.real("input_scale_factor", d.inputScaleFactor()),
                in.real("mel_floor", d.melFloor()));
        check(in, "frame_length_ms", config.frameLength() >= 1 && config.frameLength() <= MAX_FRAME);
        check(in, "hop_length_ms", config.hopLength() >= 1);
        check(in, "min_frequency", config.minFrequency() >= 0);
        check(in, "max_frequency", config.maxFrequency() > config.minFrequency());
        check(in, "mel_floor", config.melFloor() > 0);
        return config;
    }

    private static void check(JsonFields in, String name, boolean holds) {
        if (!holds) {
            throw in.wrong(name, in.node().path(name), "a usable value");
        }
    }
}

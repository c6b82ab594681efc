package dev.matryoshka.engine;

import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.checkpoint.ProjectorKeys;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.gguf.GgufTowerNames;
import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleConsumer;

/**
 * Writes a model's towers as an {@code mmproj} file, by the keys and names that llama.cpp's {@code convert_hf_to_gguf.py --mmproj}
 * gives them. Vectors, the first convolution of pictures and the kernels of sounds become F32, everything else is of one type.
 */
public final class ProjectorExport {
    /** What matrices can be written as; kernels of convolutions have rows too short for blocks. */
    public static final Set<DType> TYPES = Set.copyOf(EnumSet.of(DType.F32, DType.F16, DType.BF16));

    private static final List<List<Integer>> PUBLISHED_STRIDES = List.of(List.of(2, 2), List.of(2, 2));

    private final ModelConfig config;
    private final GgufOutput target;
    private final GgufWriter out;

    private ProjectorExport(ModelConfig config, GgufOutput target) {
        this.config = config;
        this.target = target;
        out = target.values();
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @param from a Hugging Face folder
     * @param to a file that isn't there yet
     * @param type one of {@link #TYPES}
     * @param progress hears the share that is written
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be read or written, with the reason
     */
    public static void write(Path from, Path to, DType type, DoubleConsumer progress) {
        write(from, to, type, false, progress);
    }

    /** The same; a file that a killed run began from the same folder with the same type is gone on with. */
    public static void resume(Path from, Path to, DType type, DoubleConsumer progress) {
        write(from, to, type, true, progress);
    }

    private static void write(Path from, Path to, DType type, boolean resumes, DoubleConsumer progress) {
        try (Checkpoint model = Checkpoint.open(from)) {
            String name = String.valueOf(from.toAbsolutePath().normalize().getFileName());
            ModelConfig config = model.config();
            if (config.vision() == null && config.audio() == null) {
                throw new UnsupportedModelException(name + " has no towers", "convert it without --mmproj");
            }
            AudioConfig audio = config.audio();
            if (audio != null
                    && (!model.audioFeatures().equals(AudioFeatureConfig.DEFAULT)
                            || !audio.sscpConvStrideSize().equals(PUBLISHED_STRIDES))) {
                throw new UnsupportedModelException(
                        name + " prepares sounds in a way of its own, which an mmproj file can't say",
                        "use it as a folder");
            }
            ProjectorExport export = new ProjectorExport(config, new GgufOutput(to, resumes, progress));
            export.metadata(name, type);
            export.tensors(model.weights(), type);
            export.target.write();
        }
    }

    private void metadata(String name, DType type) {
        VisionConfig vision = config.vision();
        AudioConfig audio = config.audio();
        out.string("general.architecture", "clip");
        out.string("general.type", "mmproj");
        out.string("general.name", name);
        out.uint32("general.file_type", type == DType.F32 ? 0 : type == DType.F16 ? 1 : 32);
        out.bool("clip.has_vision_encoder", vision != null);
        out.bool("clip.has_audio_encoder", audio != null);
        if (vision != null) {
            vision(vision);
        }
        if (audio != null) {
            audio(audio);
        }
    }

    /** Numbers of blocks, heads and widths mean nothing for MobileNet; llama.cpp wants them and its converter writes these. */
    private void vision(VisionConfig c) {
        out.string("clip.vision.projector_type", "gemma3nv");
        out.uint32("clip.vision.projection_dim", config.text().hiddenSize());
        out.uint32("clip.vision.image_size", config.imageSize());
        out.uint32("clip.vision.patch_size", Math.max(1, config.imageSize() / config.imageSoftTokens()));
        out.uint32("clip.vision.embedding_length", c.hiddenSize());
        out.uint32("clip.vision.feed_forward_length", 4 * c.hiddenSize());
        out.uint32("clip.vision.block_count", 128);
        out.uint32("clip.vision.attention.head_count", 8);
        out.float32("clip.vision.attention.layer_norm_epsilon", c.rmsNormEps());
        out.float32s("clip.vision.image_mean", 0, 0, 0);
        out.float32s("clip.vision.image_std", 1, 1, 1);
        out.float32(key("channel_multiplier"), (float) c.channelMultiplier());
        out.uint32(key("stem_size"), c.stemSize());
        out.uint32(key("msfa_output_resolution"), c.msfaOutputResolution());
    }

    private void audio(AudioConfig c) {
        out.string("clip.audio.projector_type", "gemma3na");
        out.uint32("clip.audio.projection_dim", config.text().hiddenSize());
        out.uint32("clip.audio.num_mel_bins", c.inputFeatSize());
        out.uint32("clip.audio.embedding_length", c.hiddenSize());
        out.uint32("clip.audio.feed_forward_length", 4 * c.hiddenSize());
        out.uint32("clip.audio.block_count", c.numHiddenLayers());
        out.uint32("clip.audio.attention.head_count", c.numAttentionHeads());
        out.float32("clip.audio.attention.layer_norm_epsilon", 1e-5f); // what its converter writes
        out.float32(key("rms_norm_eps"), c.rmsNormEps());
        out.uint32(key("conf_attention_chunk_size"), c.attentionChunkSize());
        out.uint32(key("conf_attention_context_left"), c.attentionContextLeft());
        out.uint32(key("conf_attention_context_right"), c.attentionContextRight());
        out.float32(key("conf_attention_logit_cap"), c.attentionLogitCap());
        out.uint32(key("conf_reduction_factor"), c.reductionFactor());
        out.float32(key("conf_residual_weight"), c.residualWeight());
        out.float32(key("gradient_clipping"), c.gradientClipping());
        out.float32(key("sscp_conv_group_norm_eps"), c.sscpConvGroupNormEps());
        out.uint32(ProjectorKeys.SOUND_TOKENS, config.audioSoftTokens());
    }

    private static String key(String name) {
        String vision = ProjectorKeys.VISION.get(name);
        return vision == null ? Objects.requireNonNull(ProjectorKeys.AUDIO.get(name)) : vision;
    }

    private void tensors(WeightSource weights, DType type) {
        for (String name : new TreeSet<>(weights.shapes().keySet())) {
            String file = GgufTowerNames.file(name);
            if (file != null) {
                Tensor tensor = Objects.requireNonNull(weights.find(name));
                List<Integer> shape = shape(name, tensor);
                DType stored = tensor.shape().size() < 2 || keptExact(file) ? DType.F32 : type;
                out.tensor(file, stored, shape, to -> target.convert(tensor, stored, to));
            }
        }
    }

    private static boolean keptExact(String file) {
        return file.startsWith("v.conv_stem.") || file.startsWith("a.conv1d.") || file.endsWith("conv_dw.weight");
    }

    /** Vectors of channels with four dimensions, as ggml adds them to a picture; depthwise kernels of sounds with two. */
    private static List<Integer> shape(String name, Tensor tensor) {
        List<Integer> shape = tensor.shape();
        if (name.endsWith("conv_stem.conv.bias") || name.endsWith("layer_scale.gamma")) {
            return List.of(1, shape.getFirst(), 1, 1);
        }
        return name.endsWith("depthwise_conv1d.weight") ? List.of(shape.getFirst(), shape.getLast()) : shape;
    }
}

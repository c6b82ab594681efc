package dev.matryoshka.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.gguf.GgufFile;
import dev.matryoshka.engine.weights.gguf.GgufMetadata;
import java.util.List;

/**
 * An {@code mmproj} file's metadata in the words of {@code config.json}. Published files say little of the towers: sizes come from the
 * tensors, ids from the tokenizer's names, and what is left are the published model's values or those of {@link ProjectorKeys}, where a
 * file has them.
 */
final class ProjectorConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final GgufFile file;
    private final GgufMetadata in;
    private final Tokenizer tokenizer;
    private final ObjectNode config = JSON.objectNode();

    /** Where ids of pictures and sounds begin. */
    private final int textVocabulary;

    ProjectorConfig(GgufFile file, Tokenizer tokenizer) {
        this.file = file;
        this.in = file.metadata();
        this.tokenizer = tokenizer;
        int end = tokenizer.id("<end_of_image>");
        textVocabulary = end >= 0 ? end : tokenizer.size(); // some publishers leave out what is not text
        checkKind();
    }

    private void checkKind() {
        String architecture = in.require("general.architecture").asText();
        if (!architecture.equals("clip")) {
            throw new UnsupportedModelException(
                    in.file() + " is no mmproj file, but a model of architecture " + architecture,
                    "name the mmproj file that belongs to the model");
        }
        if (!sees() && !hears()) {
            String vision = in.find("clip.vision.projector_type").asText("");
            String named = vision.isEmpty() ? in.find("clip.projector_type").asText("unknown") : vision;
            throw new UnsupportedModelException(
                    in.file() + " holds towers of the kind " + named,
                    "use the mmproj file of a Gemma 3n model (gemma3nv)");
        }
    }

    private boolean sees() {
        return is("vision", "gemma3nv");
    }

    private boolean hears() {
        return is("audio", "gemma3na");
    }

    private boolean is(String tower, String type) {
        boolean there = in.find("clip.has_" + tower + "_encoder").asBoolean(false);
        String common = in.find("clip.projector_type").asText("");
        return there
                && in.find("clip." + tower + ".projector_type").asText(common).equals(type);
    }

    int textVocabulary() {
        return textVocabulary;
    }

    /** Side of the square that pictures are resized to. */
    int imageSize() {
        return sees() ? positive("clip.vision.image_size") : 0;
    }

    /** The whole configuration, with the decoder's. */
    ObjectNode config(ObjectNode text) {
        config.set("text_config", text);
        int hidden = text.path("hidden_size").asInt();
        int next = textVocabulary;
        if (sees()) {
            int rows = embedder("mm.", hidden);
            vision(config.putObject("vision_config"), rows);
            ids("image", "boi", "eoi", textVocabulary);
            next += rows;
        }
        if (hears()) {
            int end = tokenizer.id("<end_of_audio>");
            int offset = end >= 0 ? end : next;
            audio(config.putObject("audio_config"), embedder("mm.a.", hidden), offset);
            ids("audio", "boa", "eoa", offset);
        }
        return config;
    }

    /** Checks that an embedder fits the decoder; returns the size of its vocabulary. */
    private int embedder(String prefix, int hidden) {
        List<Integer> projection = tensor(prefix + "input_projection.weight", 2).shape();
        if (projection.getFirst() != hidden) {
            throw new ModelFormatException(
                    in.file() + " is made for a decoder of width " + projection.getFirst() + ", the model's is "
                            + hidden,
                    "use the mmproj file that belongs to the model");
        }
        return tensor(prefix + "embedding.weight", 2).shape().getFirst();
    }

    private void vision(ObjectNode vision, int vocabulary) {
        vision.put("hidden_size", tensor("mm.soft_emb_norm.weight", 1).columns());
        vision.put("vocab_size", vocabulary);
        vision.put("vocab_offset", textVocabulary);
        set(vision, "rms_norm_eps", "clip.vision.attention.layer_norm_epsilon");
        ObjectNode arguments = vision.putObject("model_args");
        ProjectorKeys.VISION.forEach((name, key) -> set(arguments, name, key));
        JsonNode multiplier = arguments.path("channel_multiplier");
        if (multiplier.isNumber()) { // as it was before it became a float32
            arguments.put("channel_multiplier", Double.parseDouble(Float.toString(multiplier.floatValue())));
        }
        int tokens = Math.max(1, imageSize() / positive("clip.vision.patch_size"));
        int side = arguments.path("msfa_output_resolution").asInt((int) Math.sqrt(tokens));
        arguments.put("msfa_output_resolution", side);
        config.put("vision_soft_tokens_per_image", (long) side * side);
    }

    private void audio(ObjectNode audio, int vocabulary, int offset) {
        audio.put("hidden_size", tensor("mm.a.soft_emb_norm.weight", 1).columns());
        audio.put("vocab_size", vocabulary);
        audio.put("vocab_offset", offset);
        set(audio, "input_feat_size", "clip.audio.num_mel_bins");
        set(audio, "conf_num_attention_heads", "clip.audio.attention.head_count");
        set(audio, "conf_num_hidden_layers", "clip.audio.block_count");
        audio.put("conf_conv_kernel_size", find("a.blk.0.conv_dw.weight").columns());
        ProjectorKeys.AUDIO.forEach((name, key) -> set(audio, name, key));
        ArrayNode channels = audio.putArray("sscp_conv_channel_size");
        ArrayNode kernels = audio.putArray("sscp_conv_kernel_size");
        for (int i = 0; i < 2; i++) {
            List<Integer> shape = tensor("a.conv1d." + i + ".weight", 4).shape();
            channels.add(shape.getFirst());
            kernels.addArray().add(shape.get(2)).add(shape.get(3));
        }
        set(config, "audio_soft_tokens_per_image", ProjectorKeys.SOUND_TOKENS);
        if (audio.path("input_feat_size").asInt(0) != AudioFeatureConfig.DEFAULT.featureSize()) {
            throw new UnsupportedModelException(
                    in.file() + " hears " + audio.path("input_feat_size") + " mel bands",
                    "use a model with the published preprocessing of sounds");
        }
    }

    /** The end marker is the first of a vocabulary's ids, the soft token follows. */
    private void ids(String medium, String begin, String end, int offset) {
        int start = tokenizer.id("<start_of_" + medium + ">");
        if (start < 0) {
            throw new ModelFormatException(
                    in.file() + " is for a model whose tokenizer has <start_of_" + medium + ">",
                    "use the mmproj file that belongs to the model");
        }
        config.put(begin + "_token_id", start);
        config.put(end + "_token_id", offset);
        config.put(medium + "_token_id", offset + 1);
    }

    private void set(ObjectNode into, String name, String key) {
        if (in.keys().contains(key)) {
            into.set(name, in.find(key));
        }
    }

    private int positive(String key) {
        int value = in.require(key).asInt(0);
        if (value < 1) {
            throw new ModelFormatException(in.file() + " has " + key + " = " + in.find(key), "fetch it again");
        }
        return value;
    }

    private Tensor tensor(String name, int dimensions) {
        Tensor tensor = find(name);
        if (tensor.shape().size() != dimensions) {
            throw new ModelFormatException(
                    in.file() + " has " + name + " in the shape " + tensor.shape(), "fetch it again");
        }
        return tensor;
    }

    private Tensor find(String name) {
        Tensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw new ModelFormatException(in.file() + " lacks the tensor " + name, "fetch it again");
        }
        return tensor;
    }
}

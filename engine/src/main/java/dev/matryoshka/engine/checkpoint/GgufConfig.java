package dev.matryoshka.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.gguf.GgufFile;
import dev.matryoshka.engine.weights.gguf.GgufMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A GGUF file's metadata in the words of {@code config.json}, so that one reader checks both. */
final class GgufConfig {
    private static final String ARCHITECTURE = "gemma3n";
    private static final String PER_LAYER = "per_layer_token_embd.weight";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final GgufFile file;
    private final GgufMetadata in;
    private final ObjectNode text = JSON.objectNode();

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.in = file.metadata();
    }

    /** @param projector of the mmproj file beside it; null for text alone */
    static ModelConfig read(GgufFile file, Tokenizer tokenizer, @Nullable ProjectorConfig projector) {
        GgufConfig reader = new GgufConfig(file);
        reader.sizes();
        reader.layers();
        reader.tokens(tokenizer);
        String name = file.metadata().file();
        if (projector == null) {
            return ConfigReader.textOnly(name, reader.text, reader.sampling());
        }
        int rows = Math.min(reader.rows(PER_LAYER), projector.textVocabulary());
        reader.text.put("vocab_size_per_layer_input", rows);
        ObjectNode config = projector.config(reader.text);
        return ConfigReader.multimodal(name, config, reader.sampling(), projector.imageSize());
    }

    /** Refuses another architecture, and one part of several. */
    static void checkKind(GgufMetadata in) {
        String architecture = in.require("general.architecture").asText();
        if (!architecture.equals(ARCHITECTURE)) {
            throw new UnsupportedModelException(
                    in.file() + " holds a model of architecture " + architecture, "use a Gemma 3n model (gemma3n)");
        }
        if (in.find("split.count").asInt(1) > 1) {
            throw new UnsupportedModelException(
                    in.file() + " is one part of several", "join them with 'llama-gguf-split --merge'");
        }
    }

    private void sizes() {
        put("num_hidden_layers", "block_count");
        put("hidden_size", "embedding_length");
        put("intermediate_size", "feed_forward_length");
        put("num_attention_heads", "attention.head_count");
        put("num_key_value_heads", "attention.head_count_kv");
        put("head_dim", "attention.key_length");
        put("num_kv_shared_layers", "attention.shared_kv_layers");
        put("sliding_window", "attention.sliding_window");
        put("max_position_embeddings", "context_length");
        put("rms_norm_eps", "attention.layer_norm_rms_epsilon");
        put("hidden_size_per_layer_input", "embedding_length_per_layer_input");
        put("altup_num_inputs", "altup.num_inputs");
        put("altup_active_idx", "altup.active_idx");
        put("rope_theta", "rope.freq_base");
        text.set("rope_local_base_freq", find("rope.freq_base_swa"));
        if (in.keys().contains(ARCHITECTURE + ".final_logit_softcapping")) {
            put("final_logit_softcapping", "final_logit_softcapping");
        }
        JsonNode valueLength = find("attention.value_length");
        if (valueLength.isNumber() && !valueLength.equals(text.path("head_dim"))) {
            throw new UnsupportedModelException(
                    in.file() + " has values of another length than keys", "use a Gemma 3n model");
        }
        text.put("vocab_size", rows("token_embd.weight"));
        text.put("vocab_size_per_layer_input", rows(PER_LAYER));
        text.put("laurel_rank", rows("blk.0.laurel_l.weight"));
    }

    private void layers() {
        ArrayNode types = text.putArray("layer_types");
        for (JsonNode local : require("attention.sliding_window_pattern")) {
            types.add(local.asBoolean() ? "sliding_attention" : "full_attention");
        }
        ArrayNode sparsity = text.putArray("activation_sparsity_pattern");
        for (JsonNode cut : require("activation_sparsity_scale")) {
            sparsity.add(NormalDistribution.cdf(cut.asDouble()));
        }
    }

    /** Publishers name one of the two stop tokens or the other, so both are looked for. */
    private void tokens(Tokenizer tokenizer) {
        text.set("bos_token_id", in.require("tokenizer.ggml.bos_token_id"));
        text.set("pad_token_id", in.find("tokenizer.ggml.padding_token_id"));
        ArrayNode stop = text.putArray("eos_token_id");
        stop.add(in.require("tokenizer.ggml.eos_token_id"));
        if (in.keys().contains("tokenizer.ggml.eot_token_id")) {
            stop.add(in.find("tokenizer.ggml.eot_token_id"));
        }
        for (String name : List.of("<eos>", "<end_of_turn>")) {
            if (tokenizer.id(name) >= 0) {
                stop.add(tokenizer.id(name));
            }
        }
    }

    private ObjectNode sampling() {
        ObjectNode generation = JSON.objectNode();
        generation.set("temperature", in.find("general.sampling.temp"));
        generation.set("top_k", in.find("general.sampling.top_k"));
        generation.set("top_p", in.find("general.sampling.top_p"));
        return generation;
    }

    private void put(String name, String key) {
        text.set(name, require(key));
    }

    private JsonNode require(String key) {
        return in.require(ARCHITECTURE + "." + key);
    }

    private JsonNode find(String key) {
        return in.find(ARCHITECTURE + "." + key);
    }

    private int rows(String name) {
        Tensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw new ModelFormatException(
                    in.file() + " lacks the tensor " + name, "it is no complete Gemma 3n model, fetch another one");
        }
        return tensor.shape().getFirst();
    }
}

package dev.matryoshka.engine.fuzz;

import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The smallest files that open as a model and as its towers: all the metadata, few tensors. */
final class GgufSeeds {
    private static final String GEMMA = "gemma3n.";
    private static final List<String> TOKENS = List.of(
            "<pad>",
            "<eos>",
            "<bos>",
            "<unk>",
            "<start_of_turn>",
            "<end_of_turn>",
            "<start_of_image>",
            "<start_of_audio>",
            "<0x0A>",
            "▁",
            "a",
            "b",
            "ab");
    private static final int WIDTH = 32;

    private GgufSeeds() {}

    /** A decoder with its tokenizer. */
    static void model(Path file) throws IOException {
        GgufWriter out = new GgufWriter();
        out.string("general.architecture", "gemma3n");
        out.float32("general.sampling.temp", 1);
        out.uint32("general.sampling.top_k", 64);
        out.float32("general.sampling.top_p", 0.95f);
        out.uint32(GEMMA + "block_count", 2);
        out.uint32(GEMMA + "context_length", 64);
        out.uint32(GEMMA + "embedding_length", WIDTH);
        out.uint32(GEMMA + "embedding_length_per_layer_input", 4);
        out.int32s(GEMMA + "feed_forward_length", 32, 64);
        out.uint32(GEMMA + "attention.head_count", 2);
        out.uint32(GEMMA + "attention.head_count_kv", 1);
        out.uint32(GEMMA + "attention.key_length", 16);
        out.float32(GEMMA + "attention.layer_norm_rms_epsilon", 1e-6f);
        out.uint32(GEMMA + "attention.sliding_window", 8);
        out.bools(GEMMA + "attention.sliding_window_pattern", List.of(true, false));
        out.float32(GEMMA + "attention.shared_kv_layers", 0);
        out.uint32(GEMMA + "altup.active_idx", 0);
        out.uint32(GEMMA + "altup.num_inputs", 2);
        out.float32s(GEMMA + "activation_sparsity_scale", 1.6448f, Float.NEGATIVE_INFINITY);
        out.float32(GEMMA + "rope.freq_base", 1e6f);
        out.float32(GEMMA + "final_logit_softcapping", 30);
        tokenizer(out);
        zeros(out, "token_embd.weight", DType.Q4_0, TOKENS.size(), WIDTH);
        zeros(out, "per_layer_token_embd.weight", DType.F16, TOKENS.size(), 8);
        zeros(out, "blk.0.laurel_l.weight", DType.F32, 2, WIDTH);
        zeros(out, "altup_proj.weight", DType.BF16, 1, WIDTH, WIDTH);
        out.write(file);
    }

    private static void tokenizer(GgufWriter out) {
        out.string("tokenizer.ggml.model", "llama");
        out.bool("tokenizer.ggml.add_space_prefix", false);
        out.strings(
                "tokenizer.ggml.tokens", TOKENS.stream().map(GgufSeeds::utf8).toList());
        out.float32s("tokenizer.ggml.scores", 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -2, -3, -4);
        out.int32s("tokenizer.ggml.token_type", 3, 3, 3, 2, 3, 3, 4, 4, 6, 1, 1, 1, 1);
        out.strings(
                "tokenizer.ggml.merges", Stream.of("a b").map(GgufSeeds::utf8).toList());
        out.uint32("tokenizer.ggml.padding_token_id", 0);
        out.uint32("tokenizer.ggml.eos_token_id", 1);
        out.uint32("tokenizer.ggml.bos_token_id", 2);
        out.uint32("tokenizer.ggml.unknown_token_id", 3);
        out.uint32("tokenizer.ggml.eot_token_id", 5);
    }

    /** What goes beside it, for pictures and sounds. */
    static void projector(Path file) throws IOException {
        GgufWriter out = new GgufWriter();
        out.string("general.architecture", "clip");
        out.bool("clip.has_vision_encoder", true);
        out.bool("clip.has_audio_encoder", true);
        out.string("clip.vision.projector_type", "gemma3nv");
        out.string("clip.audio.projector_type", "gemma3na");
        out.uint32("clip.vision.image_size", 64);
        out.uint32("clip.vision.patch_size", 4);
        out.float32("clip.vision.attention.layer_norm_epsilon", 1e-6f);
        out.float32("clip.vision.channel_multiplier", 0.05f);
        out.uint32("clip.vision.stem_size", 16);
        out.uint32("clip.vision.msfa_output_resolution", 4);
        out.uint32("clip.audio.num_mel_bins", 128);
        out.uint32("clip.audio.attention.head_count", 2);
        out.uint32("clip.audio.block_count", 1);
        out.float32("clip.audio.rms_norm_eps", 1e-6f);
        out.uint32("clip.audio.attention.chunk_size", 12);
        out.uint32("clip.audio.attention.context_left", 13);
        out.uint32("clip.audio.attention.context_right", 0);
        out.uint32("clip.audio.reduction_factor", 4);
        out.uint32("clip.audio.soft_tokens", 20);
        zeros(out, "mm.input_projection.weight", DType.F32, WIDTH, 8);
        zeros(out, "mm.embedding.weight", DType.F16, 4, 8);
        zeros(out, "mm.soft_emb_norm.weight", DType.F32, 8);
        zeros(out, "mm.a.input_projection.weight", DType.F32, WIDTH, 8);
        zeros(out, "mm.a.embedding.weight", DType.F16, 4, 8);
        zeros(out, "mm.a.soft_emb_norm.weight", DType.F32, 8);
        zeros(out, "a.blk.0.conv_dw.weight", DType.F32, 8, 5);
        zeros(out, "a.conv1d.0.weight", DType.F32, 2, 1, 3, 3);
        zeros(out, "a.conv1d.1.weight", DType.F32, 2, 2, 3, 3);
        out.write(file);
    }

    private static void zeros(GgufWriter out, String name, DType type, Integer... shape) {
        long elements = Stream.of(shape).mapToLong(i -> i).reduce(1, Math::multiplyExact);
        byte[] content = new byte[Math.toIntExact(type.bytes(elements))];
        out.tensor(name, type, List.of(shape), to -> to.write(content));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

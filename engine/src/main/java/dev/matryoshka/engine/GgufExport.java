package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.tokenizer.BpeTokenizer;
import dev.matryoshka.engine.tokenizer.SentencePieceVocabulary;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.gguf.GgufNames;
import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model's decoder and tokenizer as a GGUF file that llama.cpp loads. Vectors become F32; AltUp, LAuReL and the per-layer projection,
 * small and sensitive, stay as they are, as {@code llama-quantize} leaves them; what has rows of no whole blocks takes the type that
 * {@code llama-quantize} falls back to.
 */
public final class GgufExport {
    /** What matrices can be written as. */
    public static final Set<DType> TYPES = Collections.unmodifiableSet(
            EnumSet.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0, DType.Q4_K, DType.Q5_K, DType.Q6_K));

    private static final String GEMMA = "gemma3n.";

    private final Checkpoint model;
    private final String name;
    private final Types types;
    private final GgufOutput target;
    private final GgufWriter out;
    private final boolean measured;
    private final Consumer<StoredMatrix> matrices;

    /**
     * What matrices are stored as.
     *
     * @param matrices all but tables
     * @param embeddings token embeddings, which are the head as well
     * @param perLayer per-layer embeddings
     */
    public record Types(DType matrices, DType embeddings, DType perLayer) {
        /** What is usual for a type: with Q4_K and Q5_K the embeddings, which are the head as well, are Q6_K. */
        public static Types of(DType type) {
            boolean mixed = type == DType.Q4_K || type == DType.Q5_K;
            return new Types(type, mixed ? DType.Q6_K : type, type);
        }
    }

    private GgufExport(
            Checkpoint model,
            String name,
            Types types,
            GgufOutput target,
            boolean measured,
            Consumer<StoredMatrix> matrices) {
        this.model = model;
        this.name = name;
        this.types = types;
        this.target = target;
        this.measured = measured;
        this.matrices = matrices;
        out = target.values();
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @param from a Hugging Face folder
     * @param to a file that isn't there yet
     * @param progress hears the share that is written
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be read or written, with the reason
     */
    public static void write(Path from, Path to, Types types, DoubleConsumer progress) {
        write(from, to, types, false, progress, false, matrix -> {});
    }

    /** The same; a file that a killed run began from the same folder with the same types is gone on with. */
    public static void resume(Path from, Path to, Types types, DoubleConsumer progress) {
        write(from, to, types, true, progress, false, matrix -> {});
    }

    /**
     * The same.
     *
     * @param measured whether to find out what each matrix loses
     * @param matrices hears of each matrix when it is written
     */
    public static void write(
            Path from,
            Path to,
            Types types,
            DoubleConsumer progress,
            boolean measured,
            Consumer<StoredMatrix> matrices) {
        write(from, to, types, false, progress, measured, matrices);
    }

    private static void write(
            Path from,
            Path to,
            Types types,
            boolean resumes,
            DoubleConsumer progress,
            boolean measured,
            Consumer<StoredMatrix> matrices) {
        try (Checkpoint model = Checkpoint.open(from)) {
            String name = String.valueOf(from.toAbsolutePath().normalize().getFileName());
            GgufExport export =
                    new GgufExport(model, name, types, new GgufOutput(to, resumes, progress), measured, matrices);
            export.metadata();
            export.tensors();
            export.target.write();
        }
    }

    private void metadata() {
        if (!(model.tokenizer() instanceof BpeTokenizer tokenizer)) {
            throw new UnsupportedModelException(name + " has no tokenizer", "add its tokenizer.json");
        }
        ModelConfig config = model.config();
        TextConfig text = config.text();
        out.string("general.architecture", "gemma3n");
        out.string("general.name", name);
        out.uint32("general.file_type", fileType());
        out.uint32("general.quantization_version", 2);
        out.float32("general.sampling.temp", config.sampling().temperature());
        out.uint32("general.sampling.top_k", config.sampling().topK());
        out.float32("general.sampling.top_p", config.sampling().topP());
        out.uint32(GEMMA + "block_count", text.numHiddenLayers());
        out.uint32(GEMMA + "context_length", text.maxPositionEmbeddings());
        out.uint32(GEMMA + "embedding_length", text.hiddenSize());
        out.uint32(GEMMA + "embedding_length_per_layer_input", text.hiddenSizePerLayerInput());
        feedForward(text.intermediateSize());
        out.uint32(GEMMA + "attention.head_count", text.numAttentionHeads());
        out.uint32(GEMMA + "attention.head_count_kv", text.numKeyValueHeads());
        out.uint32(GEMMA + "attention.key_length", text.headDim());
        out.uint32(GEMMA + "attention.value_length", text.headDim());
        out.float32(GEMMA + "attention.layer_norm_rms_epsilon", text.rmsNormEps());
        out.uint32(GEMMA + "attention.sliding_window", text.slidingWindow());
        out.bools(
                GEMMA + "attention.sliding_window_pattern",
                text.layerTypes().stream().map(type -> type == LayerType.LOCAL).toList());
        out.float32(GEMMA + "attention.shared_kv_layers", text.numKvSharedLayers()); // as published files have it
        out.uint32(GEMMA + "altup.active_idx", text.altupActiveIdx());
        out.uint32(GEMMA + "altup.num_inputs", text.altupNumInputs());
        out.float32s(GEMMA + "activation_sparsity_scale", cuts(text.activationSparsityPattern()));
        out.float32(GEMMA + "rope.freq_base", text.ropeThetaGlobal());
        out.float32(GEMMA + "rope.freq_base_swa", text.ropeThetaLocal());
        out.float32(GEMMA + "final_logit_softcapping", text.finalLogitSoftcapping());
        SentencePieceVocabulary.of(tokenizer, text.vocabSize()).writeTo(out);
        special(config, tokenizer);
    }

    private int fileType() {
        return switch (types.matrices()) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            case Q4_K -> 14; // "small": no matrix is stored finer than the others
            case Q5_K -> 16;
            case Q6_K -> 18;
            default -> 32; // BF16
        };
    }

    /** One number where all layers agree, which is all that llama.cpp reads. */
    private void feedForward(List<Integer> widths) {
        if (widths.stream().distinct().count() == 1) {
            out.uint32(GEMMA + "feed_forward_length", widths.getFirst());
        } else {
            out.int32s(
                    GEMMA + "feed_forward_length",
                    widths.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private static float[] cuts(List<Float> sparsity) {
        float[] cuts = new float[sparsity.size()];
        for (int i = 0; i < cuts.length; i++) {
            float share = sparsity.get(i);
            cuts[i] = share == 0 ? Float.NEGATIVE_INFINITY : (float) NormalDistribution.icdf(share);
        }
        return cuts;
    }

    private void special(ModelConfig config, BpeTokenizer tokenizer) {
        out.uint32("tokenizer.ggml.bos_token_id", config.tokens().bos());
        out.uint32("tokenizer.ggml.padding_token_id", config.tokens().pad());
        int end = tokenizer.id("<end_of_turn>");
        int stop = config.tokens().stop().stream()
                .filter(id -> id != end)
                .min(Integer::compare)
                .orElse(end);
        out.uint32("tokenizer.ggml.eos_token_id", stop);
        if (end >= 0) {
            out.uint32("tokenizer.ggml.eot_token_id", end);
        }
    }

    private void tensors() {
        WeightSource weights = model.weights();
        String prefix = TextWeights.prefix(weights);
        for (Map.Entry<String, String> stack : new TreeMap<>(GgufNames.STACKED).entrySet()) {
            List<Tensor> parts = new ArrayList<>();
            for (int i = 0; i < model.config().text().altupNumInputs() - 1; i++) {
                parts.add(weights.find(prefix + stack.getValue() + "." + i + ".weight"));
            }
            add(stack.getKey() + ".weight", parts);
        }
        for (String full : new TreeSet<>(weights.shapes().keySet())) {
            String file = full.startsWith(prefix) ? GgufNames.file(full.substring(prefix.length())) : null;
            if (file != null) {
                add(file, List.of(Objects.requireNonNull(weights.find(full))));
            }
        }
        shared(weights, prefix);
        Tensor head = weights.find("lm_head.weight");
        if (head != null) {
            add("output.weight", List.of(head));
        }
    }

    /** Layers that use an earlier one's keys and values; llama.cpp refuses a file without some of their own. */
    private void shared(WeightSource weights, String prefix) {
        TextConfig text = model.config().text();
        int heads = text.numKeyValueHeads() * text.headDim();
        for (int layer = text.firstKvSharedLayer(); layer < text.numHiddenLayers(); layer++) {
            if (weights.find(prefix + "layers." + layer + ".self_attn.k_proj.weight") == null) {
                DType type = fitting(types.matrices(), text.hiddenSize());
                zeros("blk." + layer + ".attn_k.weight", type, List.of(heads, text.hiddenSize()));
                zeros("blk." + layer + ".attn_v.weight", type, List.of(heads, text.hiddenSize()));
                zeros("blk." + layer + ".attn_k_norm.weight", DType.F32, List.of(text.headDim()));
            }
        }
    }

    private void zeros(String file, DType type, List<Integer> shape) {
        long elements = shape.stream().mapToLong(i -> i).reduce(1, Math::multiplyExact);
        out.tensor(file, type, shape, to -> to.write(new byte[Math.toIntExact(type.bytes(elements))]));
    }

    /** Adds a tensor, or some one upon the other. */
    private void add(String file, List<@Nullable Tensor> parts) {
        Tensor first = Objects.requireNonNull(parts.getFirst());
        List<Integer> shape = new ArrayList<>(first.shape());
        if (parts.size() > 1) {
            shape.addFirst(parts.size());
        }
        DType wanted = wanted(file, first);
        DType type = fitting(wanted, first.columns());
        int missing = missing(file, shape);
        shape.set(0, shape.getFirst() + missing);
        out.tensor(file, type, shape, to -> {
            QuantizationError error = measured && shape.size() > 1 ? new QuantizationError() : null;
            for (Tensor part : parts) {
                target.convert(Objects.requireNonNull(part), type, to, error);
            }
            to.write(new byte[Math.toIntExact(type.bytes((long) missing * first.columns()))]);
            if (shape.size() > 1) {
                matrices.accept(new StoredMatrix(
                        file,
                        first.type(),
                        wanted,
                        type,
                        error == null ? Double.NaN : error.relative(),
                        error == null ? Double.NaN : error.largest()));
            }
        });
    }

    /** Rows of zeros: llama.cpp wants all tables to be as long as the vocabulary, as its own converter makes them. */
    private int missing(String file, List<Integer> shape) {
        boolean table = file.equals("token_embd.weight") || file.equals("per_layer_token_embd.weight");
        return table ? Math.max(0, model.config().text().vocabSize() - shape.getFirst()) : 0;
    }

    private DType wanted(String file, Tensor tensor) {
        if (tensor.shape().size() < 2) {
            return DType.F32;
        }
        if (file.contains("altup") || file.contains("laurel") || file.startsWith("per_layer_model_proj")) {
            return tensor.type();
        }
        return switch (file) {
            case "token_embd.weight", "output.weight" -> types.embeddings();
            case "per_layer_token_embd.weight" -> types.perLayer();
            default -> types.matrices();
        };
    }

    /** What rows of a small model can be stored as ({@code tensor_type_fallback} of {@code llama-quantize}). */
    private static DType fitting(DType wanted, int columns) {
        if (columns % wanted.blockElements() == 0) {
            return wanted;
        }
        DType smaller = switch (wanted) {
            case Q4_K -> DType.Q5_0;
            case Q5_K -> DType.Q5_1;
            case Q6_K -> DType.Q8_0;
            default -> DType.F16;
        };
        return columns % smaller.blockElements() == 0 ? smaller : DType.F16;
    }
}

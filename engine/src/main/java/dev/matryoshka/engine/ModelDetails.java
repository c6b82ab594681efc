package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is and what it takes on a device, told from its files; nothing of it is loaded.
 *
 * @param layers of the decoder
 * @param pictures whether it sees pictures
 * @param sounds whether it hears sounds
 * @param parameters in all, towers and embeddings included
 * @param effectiveParameters of the decoder, as published tables count them
 * @param types parameters by stored type, the most first
 * @param contextLength most tokens of a conversation that it was made for
 * @param device what was planned for, for people
 * @param deviceBytes held there by purpose, as {@link Benchmark.Report#deviceBytes} will say, without copies on the way
 * @param towerBytes what the first picture and the first sound add to that
 * @param mappedBytes the table of per-layer embeddings, which stays in its file
 * @param problem why it doesn't fit there, and what to do; null where it fits
 */
public record ModelDetails(
        int layers,
        boolean pictures,
        boolean sounds,
        long parameters,
        long effectiveParameters,
        Map<DType, Long> types,
        int contextLength,
        String device,
        Map<String, Long> deviceBytes,
        long towerBytes,
        long mappedBytes,
        @Nullable String problem) {

    /**
     * Looks at a model.
     *
     * @param model a Hugging Face folder or a GGUF file
     * @param device its name, see {@link Devices#open}
     * @param contextLimit tokens of a conversation
     * @throws dev.matryoshka.engine.error.MatryoshkaException the model is damaged or of another kind, there is no such device
     */
    public static ModelDetails of(Path model, String device, int contextLimit) {
        return of(model, null, device, contextLimit, null);
    }

    /**
     * The same where another model goes before this one is loaded.
     *
     * @param freed what goes; null where nothing does
     */
    public static ModelDetails of(Path model, String device, int contextLimit, @Nullable MemoryUse freed) {
        return of(model, null, device, contextLimit, freed);
    }

    /**
     * The same with towers in a file of their own.
     *
     * @param projector a GGUF model's {@code mmproj} file; null for the one beside it, if there is one
     */
    public static ModelDetails of(
            Path model, @Nullable Path projector, String device, int contextLimit, @Nullable MemoryUse freed) {
        if (contextLimit < 1) {
            throw new InvalidRequestException("a context of " + contextLimit + " tokens", "allow 1 token or more");
        }
        try (Checkpoint checkpoint = Checkpoint.open(model, projector);
                Backend backend = Devices.open(device)) {
            ModelConfig config = checkpoint.config();
            TextConfig text = config.text();
            WeightSource weights = checkpoint.weights();
            int context = Math.min(contextLimit, text.maxPositionEmbeddings());
            MemoryPlan plan = MemoryPlan.of(config, weights, context, backend, MatFormerSlice.whole(text));
            Tensor table = weights.find(TextWeights.prefix(weights) + "embed_tokens_per_layer.weight");
            return new ModelDetails(
                    text.numHiddenLayers(),
                    config.vision() != null,
                    config.audio() != null,
                    ModelSize.all(weights),
                    ModelSize.effective(text, MatFormerSlice.whole(text)),
                    types(weights),
                    text.maxPositionEmbeddings(),
                    backend.device(),
                    plan.ledger(),
                    plan.towers(),
                    table == null ? 0 : table.data().byteSize(),
                    problem(plan, weights, backend, freed));
        }
    }

    private static Map<DType, Long> types(WeightSource weights) {
        Map<DType, Long> counts = new EnumMap<>(DType.class);
        for (String name : weights.shapes().keySet()) {
            Tensor tensor = weights.find(name);
            if (tensor != null) {
                counts.merge(tensor.type(), tensor.elements(), Long::sum);
            }
        }
        Map<DType, Long> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> sorted.put(each.getKey(), each.getValue()));
        return sorted;
    }

    /** What loading would say. */
    private static @Nullable String problem(
            MemoryPlan plan, WeightSource weights, Backend backend, @Nullable MemoryUse freed) {
        long free = backend.freeBytes();
        if (freed != null && freed.device().equals(backend.device()) && free < Long.MAX_VALUE) {
            free += freed.heldBytes();
        }
        try {
            MemoryCheck.weights(weights);
            plan.requireFits(free, backend.device());
            return null;
        } catch (InsufficientMemoryException e) {
            return e.getMessage();
        }
    }
}

package dev.matryoshka.engine.lora;

import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.Tensor;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder with {@code adapter_config.json} and {@code adapter_model.safetensors}: low-rank matrices beside linear layers of the
 * decoder, {@code y = W x + scaling * B (A x)}. Mapped, checked against the model that it is for.
 */
public final class LoraAdapter implements AutoCloseable {
    private static final String FILE = "adapter_model.safetensors";
    private static final Pattern NAME = Pattern.compile("(?:base_model\\.model\\.)?(.+)\\.lora_([AB])\\.weight");
    private static final Pattern MODULE =
            Pattern.compile("(?:model\\.)*(?:language_model\\.)?(?:model\\.)?layers\\.(\\d{1,4})\\.(.+)");

    private final Path folder;
    private final SafetensorsFile file;
    private final Map<Integer, Map<LoraTarget, Pair>> layers;

    /**
     * Both matrices beside one linear layer.
     *
     * @param a [rank, inputs]
     * @param b [outputs, rank]
     * @param scaling {@code alpha / rank}, or by the root of the rank
     */
    public record Pair(Tensor a, Tensor b, float scaling) {}

    private LoraAdapter(Path folder, SafetensorsFile file, Map<Integer, Map<LoraTarget, Pair>> layers) {
        this.folder = folder;
        this.file = file;
        this.layers = layers;
    }

    /**
     * Opens one.
     *
     * @param config of the model that it is for
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is missing, damaged, for another model, or changes what can't be
     *     changed here
     */
    public static LoraAdapter open(Path folder, TextConfig config) {
        LoraConfig lora = LoraConfig.read(folder);
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(FILE));
        try {
            return new LoraAdapter(folder, file, layers(folder, file, lora, config));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static Map<Integer, Map<LoraTarget, Pair>> layers(
            Path folder, SafetensorsFile file, LoraConfig lora, TextConfig config) {
        Map<String, @Nullable Tensor[]> pairs = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> {
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches()) {
                throw unsupported(folder, name);
            }
            pairs.computeIfAbsent(matcher.group(1), m -> new Tensor[2])[
                    matcher.group(2).equals("A") ? 0 : 1] = tensor;
        });
        Map<Integer, Map<LoraTarget, Pair>> layers = new TreeMap<>();
        pairs.forEach((module, pair) -> {
            Matcher matcher = MODULE.matcher(module);
            Optional<LoraTarget> target = matcher.matches() ? LoraTarget.of(matcher.group(2)) : Optional.empty();
            if (target.isEmpty()) {
                throw unsupported(folder, module);
            }
            int layer = Integer.parseInt(matcher.group(1));
            if (layer >= config.numHiddenLayers()) {
                throw misfit(folder, "changes layer " + layer + " of " + config.numHiddenLayers());
            }
            layers.computeIfAbsent(layer, l -> new EnumMap<>(LoraTarget.class))
                    .put(target.get(), pair(folder, module, pair, lora, target.get(), config, layer));
        });
        if (layers.isEmpty()) {
            throw new ModelFormatException(folder + " holds an adapter without a tensor", "fetch it again");
        }
        return layers;
    }

    private static Pair pair(
            Path folder,
            String module,
            @Nullable Tensor[] pair,
            LoraConfig lora,
            LoraTarget target,
            TextConfig config,
            int layer) {
        Tensor a = pair[0];
        Tensor b = pair[1];
        if (a == null || b == null) {
            throw new ModelFormatException(
                    "the adapter lacks " + module + ".lora_" + (a == null ? "A" : "B"), "fetch it again");
        }
        int rank = a.shape().isEmpty() ? 0 : a.shape().getFirst();
        List<Integer> wantedA = List.of(rank, target.columns(config, layer));
        List<Integer> wantedB = List.of(target.rows(config, layer), rank);
        if (rank == 0 || !a.shape().equals(wantedA) || !b.shape().equals(wantedB)) {
            throw misfit(
                    folder,
                    "has " + module + " as " + a.shape() + " and " + b.shape() + " where the model implies " + wantedA
                            + " and " + wantedB);
        }
        requireFinite(a);
        requireFinite(b);
        return new Pair(a, b, lora.scaling(module, rank));
    }

    private static void requireFinite(Tensor tensor) {
        if (tensor.type() != DType.F32 && tensor.type() != DType.BF16 && tensor.type() != DType.F16) {
            throw new ModelFormatException(
                    tensor.name() + " is " + tensor.type(), "use an adapter in float32, bfloat16 or float16");
        }
        for (long i = 0; i < tensor.elements(); i++) {
            if (!Float.isFinite(tensor.getFloat(i))) {
                throw new ModelFormatException(
                        tensor.name() + " has a value that is no number", "the training failed, use another adapter");
            }
        }
    }

    private static UnsupportedModelException unsupported(Path folder, String name) {
        return new UnsupportedModelException(
                "the adapter " + folder + " changes " + name + ", which is no linear layer within the decoder's layers",
                "merge it into its model by PEFT (merge_and_unload) and load that");
    }

    private static ModelFormatException misfit(Path folder, String what) {
        return new ModelFormatException(
                "the adapter " + folder + " " + what, "it belongs to another model: load that, or another adapter");
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** What it changes, by original index of the layer. */
    public Map<Integer, Map<LoraTarget, Pair>> layers() {
        return layers;
    }

    /** @throws ModelFormatException its file has been cut off since it was opened */
    public void requireWhole() {
        file.requireWhole();
    }

    @Override
    public void close() {
        file.close();
    }
}

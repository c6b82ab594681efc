package dev.matryoshka.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.Json;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.SafetensorsWriter;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.TensorCut;
import dev.matryoshka.engine.weights.TensorCut.Range;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Cuts a slice out of a checkpoint and writes it as a Hugging Face folder of its own, which transformers loads: layers are
 * numbered anew, the configuration lists what each of them is.
 */
public final class SliceExport {
    private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\.(.*)");

    private final TextConfig config;
    private final MatFormerSlice slice;
    private final List<Integer> kept;

    private SliceExport(TextConfig config, MatFormerSlice slice) {
        this.config = config;
        this.slice = slice;
        kept = IntStream.range(0, config.numHiddenLayers())
                .filter(slice::keeps)
                .boxed()
                .toList();
    }

    /**
     * Writes the folder.
     *
     * @param from a Hugging Face folder with floating-point weights
     * @param to a folder that is empty or not there
     * @param choice chooses the slice
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be read, cut or written, with the reason
     */
    public static void write(Path from, Path to, Function<TextConfig, MatFormerSlice> choice) {
        TextConfig config = ConfigReader.read(from).text();
        MatFormerSlice slice = choice.apply(config);
        slice.check(config);
        try (WeightSource weights = Weights.open(from)) {
            requireEmpty(to);
            new SliceExport(config, slice).write(weights, from, to);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    to + " can't be written (" + e.getMessage() + ")",
                    "choose a place with enough space that you may write to",
                    e);
        }
    }

    private static void requireEmpty(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(to)) {
            if (files.findAny().isPresent()) {
                throw new InvalidRequestException(to + " is not empty", "name a new folder");
            }
        }
    }

    private void write(WeightSource weights, Path from, Path to) throws IOException {
        String prefix = TextWeights.prefix(weights);
        SafetensorsWriter out = new SafetensorsWriter();
        for (String name : new TreeSet<>(weights.shapes().keySet())) {
            Tensor tensor = Objects.requireNonNull(weights.find(name));
            if (tensor.type().isQuantized()) {
                throw new UnsupportedModelException(
                        name + " is " + tensor.type() + ", which no safetensors file can hold",
                        "cut the slice from the model in bfloat16");
            }
            if (name.startsWith(prefix)) {
                decoder(out, prefix, name.substring(prefix.length()), tensor);
            } else {
                out.add(name, TensorCut.whole(tensor));
            }
        }
        out.write(to.resolve("model.safetensors"));
        copyOthers(from, to);
        Files.writeString(to.resolve("config.json"), configuration(from));
    }

    private void decoder(SafetensorsWriter out, String prefix, String name, Tensor tensor) {
        Matcher layer = LAYER.matcher(name);
        if (layer.matches()) {
            int number = kept.indexOf(Integer.parseInt(layer.group(1)));
            if (number >= 0) {
                String leaf = layer.group(2);
                out.add(prefix + "layers." + number + "." + leaf, inLayer(leaf, tensor, kept.get(number)));
            }
            return;
        }
        out.add(
                prefix + name,
                switch (name) {
                    case "embed_tokens_per_layer.weight" -> TensorCut.columns(tensor, perLayer());
                    case "per_layer_model_projection.weight" -> TensorCut.rows(tensor, perLayer());
                    default -> TensorCut.whole(tensor);
                });
    }

    private TensorCut inLayer(String leaf, Tensor tensor, int layer) {
        List<Range> width = List.of(new Range(0, slice.ffn().get(layer)));
        return switch (leaf) {
            case "mlp.gate_proj.weight", "mlp.up_proj.weight" -> TensorCut.rows(tensor, width);
            case "mlp.down_proj.weight" -> TensorCut.columns(tensor, width);
            default -> TensorCut.whole(tensor);
        };
    }

    /** Where the kept layers lie in the tables that have all of them side by side; neighbours in one range. */
    private List<Range> perLayer() {
        int size = config.hiddenSizePerLayerInput();
        List<Range> ranges = new ArrayList<>();
        for (int layer : kept) {
            Range last = ranges.isEmpty() ? null : ranges.getLast();
            boolean follows = last != null && last.to() == (long) layer * size;
            long from = follows ? ranges.removeLast().from() : (long) layer * size;
            ranges.add(new Range(from, (layer + 1L) * size));
        }
        return ranges;
    }

    /** Tokenizer, processors and licences. */
    private static void copyOthers(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.contains(".safetensors") && !name.equals("config.json")) {
                    Files.copy(file, to.resolve(name));
                }
            }
        }
    }

    private String configuration(Path from) throws IOException {
        ObjectNode root = (ObjectNode) Json.read(from.resolve("config.json"));
        ObjectNode text = root.get("text_config") instanceof ObjectNode nested ? nested : root;
        ObjectMapper mapper = new ObjectMapper();
        text.put("num_hidden_layers", kept.size());
        text.put(
                "num_kv_shared_layers",
                kept.stream()
                        .filter(layer -> layer >= config.firstKvSharedLayer())
                        .count());
        text.set("intermediate_size", mapper.valueToTree(ofKept(slice.ffn())));
        text.set("activation_sparsity_pattern", mapper.valueToTree(ofKept(config.activationSparsityPattern())));
        List<String> types = ofKept(config.layerTypes()).stream()
                .map(type -> type == LayerType.LOCAL ? "sliding_attention" : "full_attention")
                .toList();
        text.set("layer_types", mapper.valueToTree(types));
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private <T> List<T> ofKept(List<T> perLayer) {
        return kept.stream().map(perLayer::get).toList();
    }
}

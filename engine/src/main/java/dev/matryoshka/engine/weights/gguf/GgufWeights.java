package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of a GGUF file, and of the {@code mmproj} file beside it, by the names that they have in a Hugging Face folder. */
public final class GgufWeights implements WeightSource {
    private static final String PER_LAYER = "per_layer_token_embd.weight";

    private final GgufFile file;
    private final @Nullable GgufFile projector;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A decoder alone. */
    public GgufWeights(GgufFile file) {
        this.file = file;
        this.projector = null;
        file.tensors().values().forEach(this::add);
    }

    /**
     * A decoder with its towers.
     *
     * @param textVocabulary rows of the per-layer table that count: converters fill it up with zeros for the ids of pictures and sounds,
     *     which are to take row 0 instead
     */
    public GgufWeights(GgufFile file, GgufFile projector, int textVocabulary) {
        this.file = file;
        this.projector = projector;
        file.tensors().values().forEach(t -> add(t.name().equals(PER_LAYER) ? firstRows(t, textVocabulary) : t));
        projector.tensors().values().forEach(this::addTower);
    }

    private static Tensor firstRows(Tensor table, int rows) {
        if (table.shape().size() != 2 || rows >= table.rows()) {
            return table;
        }
        long bytes = table.type().bytes((long) rows * table.columns());
        return new Tensor(
                table.name(),
                table.type(),
                List.of(rows, table.columns()),
                table.data().asSlice(0, bytes));
    }

    private void add(Tensor tensor) {
        String stem = tensor.name().replaceFirst("\\.weight$", "");
        String single = GgufNames.STACKED.get(stem);
        if (single == null || tensor.shape().size() != 3) {
            put(GgufNames.decoder(tensor.name()), tensor.shape(), tensor);
            return;
        }
        List<Integer> shape = tensor.shape().subList(1, 3);
        long bytes = tensor.data().byteSize() / tensor.shape().getFirst();
        for (int i = 0; i < tensor.shape().getFirst(); i++) {
            String name = GgufNames.DECODER + single + "." + i + ".weight";
            tensors.put(
                    name, new Tensor(name, tensor.type(), shape, tensor.data().asSlice(i * bytes, bytes)));
        }
    }

    /** In the shape that the reference has it: converters give vectors of channels four dimensions, some kernels two. */
    private void addTower(Tensor tensor) {
        String name = GgufTowerNames.tower(tensor.name());
        List<Integer> shape = tensor.shape();
        boolean channels = name.endsWith("conv_stem.conv.bias") || name.endsWith("layer_scale.gamma");
        if (channels && tensor.elements() <= Integer.MAX_VALUE) {
            shape = List.of((int) tensor.elements());
        } else if (name.endsWith("depthwise_conv1d.weight") && shape.size() == 2) {
            shape = List.of(shape.getFirst(), 1, shape.getLast());
        }
        put(name, shape, tensor);
    }

    private void put(String name, List<Integer> shape, Tensor tensor) {
        tensors.put(name, new Tensor(name, tensor.type(), shape, tensor.data()));
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    @Override
    public @Nullable Tensor find(String name) {
        return tensors.get(name);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    @Override
    public void requireWhole() {
        file.requireWhole();
        if (projector != null) {
            projector.requireWhole();
        }
    }

    @Override
    public void close() {
        file.close();
        if (projector != null) {
            projector.close();
        }
    }
}

package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of a GGUF file by the names that they have in a Hugging Face folder. */
public final class GgufWeights implements WeightSource {
    private final GgufFile file;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    public GgufWeights(GgufFile file) {
        this.file = file;
        file.tensors().values().forEach(this::add);
    }

    private void add(Tensor tensor) {
        String stem = tensor.name().replaceFirst("\\.weight$", "");
        String single = GgufNames.STACKED.get(stem);
        if (single == null || tensor.shape().size() != 3) {
            put(GgufNames.decoder(tensor.name()), tensor);
            return;
        }
        List<Integer> shape = tensor.shape().subList(1, 3);
        long bytes = tensor.data().byteSize() / tensor.shape().getFirst();
        for (int i = 0; i < tensor.shape().getFirst(); i++) {
            String name = GgufNames.DECODER + single + "." + i + ".weight";
            put(name, new Tensor(name, tensor.type(), shape, tensor.data().asSlice(i * bytes, bytes)));
        }
    }

    private void put(String name, Tensor tensor) {
        tensors.put(name, new Tensor(name, tensor.type(), tensor.shape(), tensor.data()));
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
    }

    @Override
    public void close() {
        file.close();
    }
}

package dev.matryoshka.engine.weights;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named tensors of one checkpoint, mapped from its files. Closing it unmaps them: no tensor may be used afterwards. */
public interface WeightSource extends AutoCloseable {
    /** Every name in the checkpoint with its shape. */
    Map<String, List<Integer>> shapes();

    /** The tensor of that name, or null where the checkpoint has none. */
    @Nullable
    Tensor find(String name);

    /**
     * The tensor of that name, checked against the shape that the configuration implies.
     *
     * @throws dev.matryoshka.engine.error.ModelFormatException if it is missing or of another shape
     */
    Tensor require(String name, int... shape);

    @Override
    void close();
}

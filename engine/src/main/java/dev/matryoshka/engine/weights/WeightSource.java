package dev.matryoshka.engine.weights;

import dev.matryoshka.engine.error.ModelFormatException;
import java.util.Arrays;
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
     * @throws ModelFormatException if it is missing or of another shape
     */
    default Tensor require(String name, int... shape) {
        Tensor tensor = find(name);
        List<Integer> wanted = Arrays.stream(shape).boxed().toList();
        if (tensor == null) {
            throw new ModelFormatException(
                    "the checkpoint lacks " + name + " " + wanted,
                    "its weights do not belong to its configuration, fetch the model again");
        }
        if (!tensor.shape().equals(wanted) || !tensor.type().isFloat()) {
            throw new ModelFormatException(
                    name + " is " + tensor.type() + " " + tensor.shape() + " where its configuration implies " + wanted,
                    "its weights do not belong to its configuration, fetch the model again");
        }
        return tensor;
    }

    /**
     * Asks whether its files are as long as they were; cheap, for before each step.
     *
     * @throws ModelFormatException one has been cut off
     */
    default void requireWhole() {}

    @Override
    void close();
}

package dev.matryoshka.engine.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.engine.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reference's data and how close one has to come to it. */
public final class Golden {
    private static final Path ROOT =
            Path.of(System.getProperty("matryoshka.test.reference", "src/test/resources/reference"));

    private Golden() {}

    /** A folder or file of the reference. */
    public static Path path(String name) {
        return ROOT.resolve(name);
    }

    /** A case's tensors. */
    public static SafetensorsFile open(String name) {
        return SafetensorsFile.open(path(name));
    }

    /** Weights by formula for a {@code tensors.json}. */
    public static SyntheticWeights formula(String tensors, long seed) throws IOException {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        new ObjectMapper().readTree(path(tensors).toFile()).properties().forEach(e -> {
            List<Integer> shape = new ArrayList<>();
            e.getValue().forEach(n -> shape.add(n.asInt()));
            shapes.put(e.getKey(), shape);
        });
        return new SyntheticWeights(shapes, seed);
    }

    /** A tensor of a case. */
    public static float[] floats(SafetensorsFile file, String name) {
        return tensor(file, name).toFloats();
    }

    /** Ids of a case. */
    public static int[] ints(SafetensorsFile file, String name) {
        Tensor t = tensor(file, name);
        int[] values = new int[(int) t.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) t.getLong(i);
        }
        return values;
    }

    private static Tensor tensor(SafetensorsFile file, String name) {
        Tensor t = file.find(name);
        return t == null ? fail(file + " has no " + name) : t;
    }

    /** Shapes agree. */
    public static void assertSameShape(String name, SafetensorsFile expected, SafetensorsFile actual) {
        assertEquals(tensor(expected, name).shape(), tensor(actual, name).shape(), name);
    }

    /** Every value within {@code tolerance}. */
    public static void assertClose(String what, float[] expected, float[] actual, float tolerance) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= tolerance)) {
                fail(what + "[" + i + "]: expected " + expected[i] + ", was " + actual[i]);
            }
        }
    }

    /** Every value within {@code tolerance} of its row's largest. */
    public static void assertCloseToRow(String what, float[] expected, float[] actual, int columns, float tolerance) {
        assertEquals(expected.length, actual.length, what);
        for (int row = 0; row < expected.length / columns; row++) {
            float largest = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                if (!(Math.abs(expected[i] - actual[i]) <= tolerance * largest)) {
                    fail(what + "[" + row + ", " + (i - row * columns) + "]: expected " + expected[i] + ", was "
                            + actual[i] + ", row up to " + largest);
                }
            }
        }
    }
}

package dev.matryoshka.engine.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The same weights in other types; their bfloat16 form is checked wherever a golden test builds a model from it. */
class SyntheticWeightsTest {
    private static final Map<String, List<Integer>> SHAPES = Map.of(
            "model.layers.0.mlp.gate_proj.weight", List.of(96, 64),
            "model.layers.0.altup.prediction_coefs.weight", List.of(16, 4),
            "model.norm.weight", List.of(64),
            "model.embed_tokens.weight", List.of(5000, 96),
            "model.conv.weight", List.of(32, 32, 3, 3));

    @ParameterizedTest
    @CsvSource({"F32, 0.004", "F16, 0.005", "Q8_0, 0.009", "Q4_0, 0.13"})
    void matricesFollowTheFormulaAsFarAsTheirTypeCan(DType type, float tolerance) {
        String name = "model.layers.0.mlp.gate_proj.weight";
        Tensor matrix = make(type, name);
        assertEquals(type, matrix.type());
        float[] expected = make(DType.BF16, name).toFloats();
        float[] actual = matrix.toFloats();
        float range = (float) Math.sqrt(3 / 64.0);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * range, name + i);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0"})
    void whatIsNoMatrixOfWholeBlocksStays(DType type) {
        for (String name : SHAPES.keySet()) {
            if (!name.contains("gate_proj") && !name.contains("embed")) {
                assertEquals(DType.BF16, make(type, name).type(), name);
                assertArrayEquals(
                        make(DType.BF16, name).toFloats(), make(type, name).toFloats());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_0"})
    void largeMatricesRepeatTheirFirstValuesToTheEnd(DType type) {
        Tensor table = make(type, "model.embed_tokens.weight");
        int period = 4093 * 32;
        assertArrayEquals(table.toFloats(0, 96), table.toFloats(period, 96));
        float[] last = table.toFloats(table.elements() - 96, 96);
        float largest = 0;
        for (float value : last) {
            largest = Math.max(largest, Math.abs(value));
        }
        double range = Math.sqrt(3 / 96.0);
        assertTrue(largest > range / 2 && largest < 1.01 * range, "up to " + largest);
    }

    @Test
    void idsAreNoWeights() {
        assertThrows(IllegalArgumentException.class, () -> new SyntheticWeights(SHAPES, 1, DType.I64));
    }

    /** Stays open: a test's tensors are small. */
    private static Tensor make(DType type, String name) {
        return Objects.requireNonNull(new SyntheticWeights(SHAPES, 1, type).find(name));
    }
}

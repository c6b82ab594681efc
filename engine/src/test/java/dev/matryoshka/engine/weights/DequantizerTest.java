package dev.matryoshka.engine.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.support.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks against those of the {@code gguf} package. */
class DequantizerTest {
    private static final int COLUMNS = 512;

    /** Equal but for the order of one multiplication and addition. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void readsBlocksAsTheirDefinition(DType type) {
        try (SafetensorsFile golden = Golden.open("gguf/blocks.safetensors")) {
            float[] expected = Golden.floats(golden, type + ".values");
            float[] actual = blocks(golden, type).toFloats();
            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            Golden.assertClose(type.name(), expected, actual, largest * 0x1p-22f);
        }
    }

    private static Tensor blocks(SafetensorsFile golden, DType type) {
        Tensor raw = Objects.requireNonNull(golden.find(type + ".raw"));
        return new Tensor("blocks", type, List.of(4, COLUMNS), raw.data());
    }

    /** Pieces that begin and end inside blocks. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "Q8_0", "Q5_1", "Q3_K"})
    void anyPieceOfATensor(DType type) {
        try (SafetensorsFile golden = Golden.open("gguf/blocks.safetensors")) {
            Tensor tensor = blocks(golden, type);
            float[] all = tensor.toFloats();
            assertArrayEquals(Arrays.copyOfRange(all, 250, 1037), tensor.toFloats(250, 787));
            assertArrayEquals(Arrays.copyOfRange(all, 33, 40), tensor.toFloats(33, 7));
            assertEquals(all[777], tensor.getFloat(777));
            float[] into = new float[10];
            tensor.copyTo(into, 4, 511, 3);
            assertArrayEquals(Arrays.copyOfRange(all, 511, 514), Arrays.copyOfRange(into, 4, 7));
            assertEquals(0, into[3] + into[7]);
        }
    }
}

package dev.matryoshka.engine.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.support.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks against those of the {@code gguf} package. */
class QuantizerTest {
    /** Matrices of tiny-text as tiny-text-q8_0.gguf and tiny-text-q4_0.gguf hold them. */
    @ParameterizedTest
    @CsvSource({
        "Q8_0,layers.0.self_attn.q_proj", "Q8_0,layers.3.mlp.down_proj", "Q8_0,layers.9.mlp.gate_proj",
        "Q4_0,layers.0.self_attn.q_proj", "Q4_0,layers.3.mlp.down_proj", "Q4_0,layers.9.mlp.gate_proj"
    })
    void makesTheBlocksOfTheReference(DType type, String matrix) {
        String name = "model." + matrix + ".weight";
        try (SafetensorsFile model = Golden.open("tiny-text/model.safetensors");
                SafetensorsFile golden = Golden.open("gguf/quantized.safetensors")) {
            MemorySegment expected =
                    Objects.requireNonNull(golden.find(name + "." + type)).data();
            MemorySegment actual = quantize(type, Golden.floats(model, name));
            assertArrayEquals(expected.toArray(ValueLayout.JAVA_BYTE), actual.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** As ggml's own code makes them, also of what is flat, tiny, one-sided or has one value that stands out. */
    @ParameterizedTest
    @EnumSource(names = {"Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void makesTheBlocksOfGgml(DType type) {
        try (SafetensorsFile golden = Golden.open("gguf/made-blocks.safetensors")) {
            byte[] expected =
                    Objects.requireNonNull(golden.find(type.name())).data().toArray(ValueLayout.JAVA_BYTE);
            byte[] actual = quantize(type, Golden.floats(golden, "values")).toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(expected, actual);
        }
    }

    /** Root mean square of what is lost, of noise of standard deviation 1. */
    @ParameterizedTest
    @CsvSource({"Q8_0,0.0056", "Q6_K,0.0185", "Q5_K,0.0370", "Q5_0,0.0460", "Q5_1,0.0400", "Q4_K,0.0740", "Q4_0,0.0920"
    })
    void losesNoMoreThanTheTypeMust(DType type, double most) {
        Random random = new Random(1);
        float[] x = new float[1 << 16];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] back = new Tensor("x", type, List.of(x.length), quantize(type, x)).toFloats();
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            squares += (back[i] - x[i]) * (double) (back[i] - x[i]);
        }
        double lost = Math.sqrt(squares / x.length);
        assertTrue(lost <= most && lost > 0.9 * most, "lost " + lost);
    }

    @Test
    void roundsHalvesAwayFromZero() {
        float[] x = new float[32];
        x[0] = 127;
        x[1] = 2.5f;
        x[2] = -2.5f;
        x[3] = -0.5f;
        float[] back = new Tensor("x", DType.Q8_0, List.of(32), quantize(DType.Q8_0, x)).toFloats();
        assertArrayEquals(new float[] {127, 3, -3, -1}, Arrays.copyOf(back, 4));
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void zerosStayZeros(DType type) {
        float[] back = new Tensor("x", type, List.of(2, 256), quantize(type, new float[512])).toFloats();
        for (float value : back) {
            assertEquals(0, Math.abs(value));
        }
    }

    @Test
    void partsOfBlocksAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> quantize(DType.Q8_0, new float[33]));
        assertThrows(IllegalArgumentException.class, () -> quantize(DType.F32, new float[32]));
    }

    private static MemorySegment quantize(DType type, float[] values) {
        MemorySegment bytes = Arena.ofAuto().allocate(type.bytes(values.length));
        Quantizer.quantize(type, values, bytes);
        return bytes;
    }
}

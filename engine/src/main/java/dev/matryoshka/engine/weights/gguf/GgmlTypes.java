package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.weights.DType;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers of tensor types in a file ({@code ggml_type}). */
final class GgmlTypes {
    private static final Map<Integer, DType> TYPES = Map.ofEntries(
            Map.entry(0, DType.F32),
            Map.entry(1, DType.F16),
            Map.entry(2, DType.Q4_0),
            Map.entry(3, DType.Q4_1),
            Map.entry(6, DType.Q5_0),
            Map.entry(7, DType.Q5_1),
            Map.entry(8, DType.Q8_0),
            Map.entry(10, DType.Q2_K),
            Map.entry(11, DType.Q3_K),
            Map.entry(12, DType.Q4_K),
            Map.entry(13, DType.Q5_K),
            Map.entry(14, DType.Q6_K),
            Map.entry(20, DType.IQ4_NL),
            Map.entry(23, DType.IQ4_XS),
            Map.entry(26, DType.I32),
            Map.entry(27, DType.I64),
            Map.entry(30, DType.BF16));

    /** What is in use and not run. */
    private static final Map<Integer, String> UNSUPPORTED = Map.ofEntries(
            Map.entry(9, "Q8_1"),
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(24, "I8"),
            Map.entry(25, "I16"),
            Map.entry(28, "F64"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"));

    private GgmlTypes() {}

    /** The type of a number; null where it is not run. */
    static @Nullable DType find(int number) {
        return TYPES.get(number);
    }

    /** The number of a type that {@link #find} knows. */
    static int number(DType type) {
        return TYPES.entrySet().stream()
                .filter(e -> e.getValue() == type)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Every type of weights that {@link #find} knows, in one line. */
    static String names() {
        return Arrays.stream(DType.values())
                .filter(type -> type.isFloat() && TYPES.containsValue(type))
                .map(DType::name)
                .collect(Collectors.joining(", "));
    }

    /** What a number that is not run stands for; null where nothing is known by it. */
    static @Nullable String name(int number) {
        return UNSUPPORTED.get(number);
    }
}

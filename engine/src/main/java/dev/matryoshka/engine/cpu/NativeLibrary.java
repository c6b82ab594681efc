package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code src/main/c/rows.c} as the build compiled it, and those of its functions that the processor can run.
 *
 * @param instructions that they use, for people
 * @param activationBytes of a quantised activation
 * @param quantize makes one
 * @param kernels by type of the weights
 */
record NativeLibrary(String instructions, long activationBytes, MethodHandle quantize, Map<DType, Kernel> kernels) {
    /** As {@code matryoshka_level} numbers them. */
    private static final List<String> LEVELS = List.of("", "AVX2", "AVX-VNNI", "AVX-512 VNNI");

    static final int NEWEST = 3;

    /** With ggml's numbers. */
    private static final Map<DType, Integer> TYPES =
            Map.of(DType.Q4_0, 2, DType.Q8_0, 8, DType.Q4_K, 12, DType.Q5_K, 13, DType.Q6_K, 14);

    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final FunctionDescriptor QUANTIZE = FunctionDescriptor.ofVoid(POINTER, INT, INT, POINTER);
    private static final FunctionDescriptor ROWS =
            FunctionDescriptor.ofVoid(POINTER, ValueLayout.JAVA_LONG, INT, POINTER, INT, POINTER);

    /**
     * Products with weights of a type.
     *
     * @param bias how much more than what it stands for the type's unsigned integer is; the activation must know it
     */
    record Kernel(int bias, MethodHandle rows) {}

    /**
     * Loads it; null where the build had no C compiler, the processor lacks the instructions, or the system property {@code
     * matryoshka.native} is {@code false}.
     *
     * @param most index of the newest instructions to use; older ones are plain AVX2
     */
    static @Nullable NativeLibrary load(int most) {
        if (!Boolean.parseBoolean(System.getProperty("matryoshka.native", "true"))) {
            return null;
        }
        try (InputStream file = NativeLibrary.class.getResourceAsStream("rows.so")) {
            return file == null ? null : new Loader(symbols(file)).library(most);
        } catch (Throwable e) { // a folder that nothing may be run from, native access denied: as without it
            return null;
        }
    }

    /** From a file that goes once it is loaded. */
    @SuppressWarnings("restricted")
    private static SymbolLookup symbols(InputStream library) throws IOException {
        Path file = Files.createTempFile("matryoshka", ".so");
        try {
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            return SymbolLookup.libraryLookup(file, Arena.global());
        } finally {
            Files.delete(file);
        }
    }

    /** Asks the library what there is. */
    @SuppressWarnings("restricted") // the signatures are those of rows.c
    private record Loader(SymbolLookup symbols) {
        @Nullable
        NativeLibrary library(int most) throws Throwable {
            int newest = (int) function("matryoshka_level", FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact();
            int level = newest > most ? 1 : newest;
            if (newest == 0) {
                return null;
            }
            int bytes = (int) function("matryoshka_activation", FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact();
            MemorySegment quantize =
                    (MemorySegment) function("matryoshka_quantize", FunctionDescriptor.of(ValueLayout.ADDRESS, INT))
                            .invokeExact(level);
            MethodHandle find = function("matryoshka_rows", FunctionDescriptor.of(ValueLayout.ADDRESS, INT, INT));
            MethodHandle bias = function("matryoshka_bias", FunctionDescriptor.of(ValueLayout.JAVA_INT, INT));
            Map<DType, Kernel> kernels = new EnumMap<>(DType.class);
            for (Map.Entry<DType, Integer> type : TYPES.entrySet()) {
                int number = type.getValue();
                MemorySegment rows = (MemorySegment) find.invokeExact(number, level);
                if (rows.address() != 0) {
                    kernels.put(type.getKey(), new Kernel((int) bias.invokeExact(number), onHeap(rows, ROWS)));
                }
            }
            return new NativeLibrary(LEVELS.get(level), bytes, onHeap(quantize, QUANTIZE), kernels);
        }

        private MethodHandle function(String name, FunctionDescriptor signature) {
            return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), signature);
        }

        /** Its calls are short and may be given arrays. */
        private static MethodHandle onHeap(MemorySegment function, FunctionDescriptor signature) {
            return Linker.nativeLinker().downcallHandle(function, signature, Linker.Option.critical(true));
        }
    }
}

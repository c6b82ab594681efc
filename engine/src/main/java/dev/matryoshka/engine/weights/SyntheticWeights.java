package dev.matryoshka.engine.weights;

import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint by formula: each weight follows from its name, its shape and a seed, so that a model of any size can be
 * built without a file and another program can build the same ({@code formula} in the reference's scripts: FNV-1a of the
 * name, splitmix64, 24-bit uniform, scaled by the tensor's role, rounded to bfloat16). Tensors are made when first asked
 * for.
 *
 * <p>Matrices can come in another type than bfloat16, to measure what it costs. Only their first {@value #PERIOD} values
 * then follow the formula, rounded as the type rounds; they repeat to the tensor's end, since a table has billions. Types
 * that nothing here rounds to have random blocks of the same range.
 * Vectors, kernels of convolutions and matrices whose rows are not whole blocks stay as they are.
 */
public final class SyntheticWeights implements WeightSource {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int BLOCK = 1 << 20;

    /** Elements of most types' blocks: a matrix that is not cut into them stays as it is. */
    private static final int WHOLE = 32;

    /** A prime number of blocks, so that rows of a matrix differ though they repeat. */
    private static final int PERIOD = 4093 * WHOLE;

    /** The same in super-blocks. */
    private static final int LONG_PERIOD = 4093 * 256;

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<String, List<Integer>> shapes;
    private final long seed;
    private final DType type;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> made = new ConcurrentHashMap<>();
    private CompletableFuture<?> ahead = CompletableFuture.completedFuture(null);

    /**
     * A checkpoint of the given tensors.
     *
     * @param shapes name to shape
     */
    public SyntheticWeights(Map<String, List<Integer>> shapes, long seed) {
        this(shapes, seed, DType.BF16);
    }

    /**
     * The same with another type of matrices.
     *
     * @param type any that holds numbers
     */
    public SyntheticWeights(Map<String, List<Integer>> shapes, long seed, DType type) {
        if (!type.isFloat()) {
            throw new IllegalArgumentException("no weights of " + type);
        }
        this.shapes = Map.copyOf(shapes);
        this.seed = seed;
        this.type = type;
    }

    /**
     * A checkpoint of whatever tensors its reader asks for. Half of a model is the table of per-layer embeddings: it is
     * made on another thread from now on.
     *
     * @param decoderPrefix where the decoder's names start
     * @param type of matrices
     */
    public static SyntheticWeights onDemand(String decoderPrefix, TextConfig config, long seed, DType type) {
        String perLayer = decoderPrefix + "embed_tokens_per_layer.weight";
        int perLayerWidth = config.numHiddenLayers() * config.hiddenSizePerLayerInput();
        Map<String, List<Integer>> tables = Map.of(
                decoderPrefix + "embed_tokens.weight",
                List.of(config.vocabSize(), config.hiddenSize()),
                perLayer,
                List.of(config.vocabSizePerLayerInput(), perLayerWidth));
        SyntheticWeights weights = new SyntheticWeights(tables, seed, type);
        weights.ahead = CompletableFuture.runAsync(() -> weights.find(perLayer));
        return weights;
    }

    /** The type that a matrix gets which was asked for in {@code type}; vectors are bfloat16. */
    public static DType typeOf(DType type, int columns) {
        return columns % Math.max(WHOLE, type.blockElements()) == 0 ? type : DType.BF16;
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> all = new TreeMap<>(shapes);
        made.forEach((name, tensor) -> all.put(name, tensor.shape()));
        return all;
    }

    @Override
    public Tensor require(String name, int... shape) {
        if (!shapes.containsKey(name)) {
            made.computeIfAbsent(name, n -> make(n, Arrays.stream(shape).boxed().toList()));
        }
        return WeightSource.super.require(name, shape);
    }

    @Override
    public @Nullable Tensor find(String name) {
        List<Integer> shape = shapes.get(name);
        return shape == null ? made.get(name) : made.computeIfAbsent(name, n -> make(n, shape));
    }

    private Tensor make(String name, List<Integer> shape) {
        long count = shape.stream().mapToLong(i -> i).reduce(1, Math::multiplyExact);
        Role role = Role.of(name, shape);
        long start = fnv1a(name) + seed * GOLDEN;
        if (type != DType.BF16 && shape.size() == 2 && typeOf(type, shape.getLast()) == type) {
            MemorySegment bytes = allocate(name, type.bytes(count));
            repeat(
                    pattern((int) Math.min(count, type.blockElements() > WHOLE ? LONG_PERIOD : PERIOD), start, role),
                    bytes);
            return new Tensor(name, type, shape, bytes);
        }
        MemorySegment bytes = allocate(name, count * 2);
        LongStream.rangeClosed(0, (count - 1) / BLOCK).parallel().forEach(block -> {
            long from = block * BLOCK;
            fill(bytes, from, Math.min(count, from + BLOCK), start, role);
        });
        return new Tensor(name, DType.BF16, shape, bytes);
    }

    private MemorySegment allocate(String name, long size) {
        try {
            return arena.allocate(size, 64);
        } catch (OutOfMemoryError e) {
            throw new InsufficientMemoryException(
                    "not enough memory for " + (size >> 20) + " MB of " + name,
                    "choose a smaller model or type, or allow Java more (-XX:MaxDirectMemorySize)",
                    e);
        }
    }

    private MemorySegment pattern(int count, long start, Role role) {
        if (type.isQuantized() && !Quantizer.TYPES.contains(type)) {
            MemorySegment blocks = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes(count))]);
            RandomBlocks.fill(type, blocks, new SplittableRandom(start), role.scale());
            return blocks;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = uniform(start + i) * role.scale() + role.offset();
        }
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes(count))]);
        switch (type) {
            case F32 -> bytes.copyFrom(MemorySegment.ofArray(values));
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    bytes.set(HALF, 2L * i, Float.floatToFloat16(values[i]));
                }
            }
            default -> Quantizer.quantize(type, values, bytes);
        }
        return bytes;
    }

    private static void repeat(MemorySegment pattern, MemorySegment into) {
        long size = pattern.byteSize();
        LongStream.rangeClosed(0, (into.byteSize() - 1) / size).parallel().forEach(i -> {
            long at = i * size;
            MemorySegment.copy(pattern, 0, into, at, Math.min(size, into.byteSize() - at));
        });
    }

    /** {@code count} values in [-1, 1) that follow from a name and a seed ({@code uniform} in the reference's scripts). */
    public static float[] uniform(String name, int count, long seed) {
        float[] values = new float[count];
        long start = fnv1a(name) + seed * GOLDEN;
        for (int i = 0; i < count; i++) {
            values[i] = uniform(start + i);
        }
        return values;
    }

    private static float uniform(long at) {
        return (splitmix64(at) >>> 40) * 0x1p-23f - 1;
    }

    private static void fill(MemorySegment bytes, long from, long to, long start, Role role) {
        for (long i = from; i < to; i++) {
            float value = uniform(start + i) * role.scale() + role.offset();
            int bits = Float.floatToRawIntBits(value);
            int rounded = bits + 0x7FFF + ((bits >>> 16) & 1); // to nearest, ties to even
            bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (rounded >>> 16));
        }
    }

    private static long splitmix64(long x) {
        long z = x + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static long fnv1a(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    /** Range of a tensor's values: {@code offset + scale * uniform(-1, 1)}. */
    private record Role(float scale, float offset) {
        static Role of(String name, List<Integer> shape) {
            String leaf = name.substring(name.lastIndexOf('.') + 1);
            if (leaf.equals("correct_output_scale") || leaf.equals("per_dim_scale")) {
                return new Role(0.5f, 0);
            }
            if (name.contains("correction_coefs") || name.contains("prediction_coefs") || leaf.equals("bias")) {
                return new Role(0.1f, 0);
            }
            if (name.contains("modality_router")) {
                return new Role((float) Math.sqrt(shape.getLast()), 0);
            }
            if (leaf.equals("gamma")) {
                return new Role(0.3f, 0);
            }
            if (shape.size() == 1) {
                return new Role(0.25f, 1); // norms
            }
            boolean table = name.contains("embed") && shape.size() == 2 && !name.contains("proj");
            double fanIn = table
                    ? shape.getLast()
                    : shape.stream().skip(1).mapToDouble(i -> i).reduce(1, (a, b) -> a * b);
            return new Role((float) Math.sqrt(3 / fanIn), 0);
        }
    }

    @Override
    public void close() {
        ahead.handle((table, failure) -> null).join(); // whoever asked for the table has heard of the failure
        arena.close();
    }
}

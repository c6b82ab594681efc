package dev.matryoshka.engine;

import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Quantizer;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A GGUF file that appears whole or not at all, with tensors converted while they are written. */
final class GgufOutput {
    private static final int PIECE = 1 << 18; // elements that are converted at a time
    private static final int AT_ONCE = 8 * Runtime.getRuntime().availableProcessors();

    private final Path to;
    private final GgufWriter out = new GgufWriter();
    private final DoubleConsumer progress;
    private final boolean resumes;
    private long written;

    /**
     * @param to a file that isn't there yet
     * @param resumes whether a run that was killed wrote the same, and is gone on from
     * @param progress hears the share that is written
     */
    GgufOutput(Path to, boolean resumes, DoubleConsumer progress) {
        if (Files.exists(to)) {
            throw new InvalidRequestException(to + " is there already", "name a new file, or remove it");
        }
        this.to = to;
        this.resumes = resumes;
        this.progress = progress;
    }

    /** What it holds is added here. */
    GgufWriter values() {
        return out;
    }

    /** Writes everything added. */
    void write() {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try {
            requireSpace(to, out.size() - (resumes && Files.exists(part) ? Files.size(part) : 0));
            if (resumes) {
                out.resume(part, kept -> written = kept);
            } else {
                out.write(part);
            }
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            GgufWriter.forget(part);
            progress.accept(1);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    to + " can't be written (" + e.getMessage() + ")",
                    "choose a place with enough space that you may write to",
                    e);
        } finally {
            discard(part);
        }
    }

    private static void requireSpace(Path to, long bytes) throws IOException {
        Path folder = Objects.requireNonNull(to.toAbsolutePath().getParent());
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new InvalidRequestException(
                    String.format(
                            Locale.ROOT,
                            "%s takes %.1f GB and %.1f GB are free",
                            to.getFileName(),
                            bytes / 1e9,
                            free / 1e9),
                    "choose a place with more space or a smaller type");
        }
    }

    private static void discard(Path part) {
        try {
            Files.deleteIfExists(part);
            GgufWriter.forget(part);
        } catch (IOException e) {
            // what it stands for was told already
        }
    }

    /** Writes a tensor's values in another type, some rows at a time on all processors. */
    void convert(Tensor tensor, DType type, OutputStream to) throws IOException {
        convert(tensor, type, to, null);
    }

    /**
     * The same.
     *
     * @param error hears what is lost; null where nobody asks
     */
    void convert(Tensor tensor, DType type, OutputStream to, @Nullable QuantizationError error) throws IOException {
        int rows = Math.max(1, PIECE / tensor.columns());
        int pieces = Math.toIntExact((tensor.rows() + rows - 1) / rows);
        for (int from = 0; from < pieces; from += AT_ONCE) {
            List<byte[]> some = IntStream.range(from, Math.min(pieces, from + AT_ONCE))
                    .parallel()
                    .mapToObj(piece -> piece(tensor, type, (long) piece * rows, rows, error))
                    .toList();
            for (byte[] bytes : some) {
                to.write(bytes);
                written += bytes.length;
            }
            progress.accept((double) written / out.size());
        }
    }

    private static byte[] piece(Tensor tensor, DType type, long row, int rows, @Nullable QuantizationError error) {
        int count = Math.toIntExact(Math.min(rows, tensor.rows() - row) * tensor.columns());
        float[] values = tensor.toFloats(row * tensor.columns(), count);
        byte[] bytes = new byte[Math.toIntExact(type.bytes(count))];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> buffer.asFloatBuffer().put(values);
            case F16 -> {
                for (float value : values) {
                    buffer.putShort(Float.floatToFloat16(value));
                }
            }
            case BF16 -> {
                for (float value : values) {
                    buffer.putShort(bfloat16(value));
                }
            }
            default -> Quantizer.quantize(type, values, MemorySegment.ofArray(bytes));
        }
        if (error != null) {
            error.add(values, type, bytes);
        }
        return bytes;
    }

    /** Rounded to the nearest, ties to even; NaN stays one. */
    private static short bfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) (Float.isNaN(value) ? bits >>> 16 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}

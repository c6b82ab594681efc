package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.weights.DType;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a GGUF file of version 3. Tensors are asked for their bytes when their turn comes. */
public final class GgufWriter {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
    private final List<Entry> tensors = new ArrayList<>();
    private long valueCount;
    private long size;

    /** Writes the bytes of a tensor. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private record Entry(long bytes, Content content) {}

    public void string(String key, String value) {
        key(key, GgufType.STRING);
        text(values, value.getBytes(StandardCharsets.UTF_8));
    }

    public void uint32(String key, int value) {
        key(key, GgufType.UINT32);
        values.writeBytes(int32(value));
    }

    public void float32(String key, float value) {
        key(key, GgufType.FLOAT32);
        values.writeBytes(float32(value));
    }

    public void bool(String key, boolean value) {
        key(key, GgufType.BOOL);
        values.write(value ? 1 : 0);
    }

    /** Strings in UTF-8. */
    public void strings(String key, List<byte[]> elements) {
        array(key, GgufType.STRING, elements.size());
        elements.forEach(utf8 -> text(values, utf8));
    }

    public void int32s(String key, int... elements) {
        array(key, GgufType.INT32, elements.length);
        for (int element : elements) {
            values.writeBytes(int32(element));
        }
    }

    public void float32s(String key, float... elements) {
        array(key, GgufType.FLOAT32, elements.length);
        for (float element : elements) {
            values.writeBytes(float32(element));
        }
    }

    public void bools(String key, List<Boolean> elements) {
        array(key, GgufType.BOOL, elements.size());
        elements.forEach(element -> values.write(element ? 1 : 0));
    }

    /**
     * Adds a tensor.
     *
     * @param shape outermost first
     * @param content writes {@code type.bytes(elements)} bytes
     */
    public void tensor(String name, DType type, List<Integer> shape, Content content) {
        long bytes = type.bytes(shape.stream().mapToLong(i -> i).reduce(1, Math::multiplyExact));
        text(infos, name.getBytes(StandardCharsets.UTF_8));
        infos.writeBytes(int32(shape.size()));
        shape.reversed().forEach(n -> infos.writeBytes(int64(n)));
        infos.writeBytes(int32(GgmlTypes.number(type)));
        infos.writeBytes(int64(size));
        size += bytes + padding(bytes);
        tensors.add(new Entry(bytes, content));
    }

    /** Bytes of all tensors added. */
    public long size() {
        return size;
    }

    /** Writes everything added. */
    public void write(Path file) throws IOException {
        write(file, 0, null);
    }

    /**
     * The same, going on behind the last whole tensor where an earlier run was killed that wrote the same to this file.
     *
     * @param kept hears how many bytes of tensors are there already
     */
    public void resume(Path file, LongConsumer kept) throws IOException {
        TensorSums sums = new TensorSums(file);
        List<Long> sizes = tensors.stream()
                .map(tensor -> tensor.bytes + padding(tensor.bytes))
                .toList();
        int done = sums.intact(header(), sizes);
        kept.accept(tensors.subList(0, done).stream().mapToLong(Entry::bytes).sum());
        write(file, done, sums);
    }

    /** Takes away what {@link #resume} remembers of a file. */
    public static void forget(Path file) throws IOException {
        Files.deleteIfExists(TensorSums.of(file));
    }

    private void write(Path file, int done, @Nullable TensorSums sums) throws IOException {
        byte[] header = header();
        long begin = done == 0 ? 0 : header.length;
        for (Entry tensor : tensors.subList(0, done)) {
            begin += tensor.bytes + padding(tensor.bytes);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                CheckedOutputStream out = new CheckedOutputStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20), new CRC32C())) {
            channel.truncate(begin).position(begin);
            if (done == 0) {
                out.write(header);
            }
            for (Entry tensor : tensors.subList(done, tensors.size())) {
                out.getChecksum().reset();
                tensor.content.writeTo(out);
                out.write(new byte[padding(tensor.bytes)]);
                out.flush();
                if (sums != null) {
                    sums.add(out.getChecksum().getValue());
                }
            }
            out.flush();
            channel.force(true);
        }
    }

    private byte[] header() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(int32(MAGIC));
        out.writeBytes(int32(VERSION));
        out.writeBytes(int64(tensors.size()));
        out.writeBytes(int64(valueCount));
        out.writeBytes(values.toByteArray());
        out.writeBytes(infos.toByteArray());
        out.writeBytes(new byte[padding(out.size())]);
        return out.toByteArray();
    }

    private static int padding(long bytes) {
        return (int) (-bytes & ALIGNMENT - 1);
    }

    private void key(String key, GgufType type) {
        text(values, key.getBytes(StandardCharsets.UTF_8));
        values.writeBytes(int32(type.number));
        valueCount++;
    }

    private void array(String key, GgufType element, int count) {
        key(key, GgufType.ARRAY);
        values.writeBytes(int32(element.number));
        values.writeBytes(int64(count));
    }

    private static void text(ByteArrayOutputStream out, byte[] utf8) {
        out.writeBytes(int64(utf8.length));
        out.writeBytes(utf8);
    }

    private static byte[] float32(float value) {
        return int32(Float.floatToRawIntBits(value));
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static byte[] int64(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}

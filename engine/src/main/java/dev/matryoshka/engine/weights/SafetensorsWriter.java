package dev.matryoshka.engine.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small results as a safetensors file. */
public final class SafetensorsWriter {
    private final Map<String, Object> header = new LinkedHashMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private long size;

    /** Adds float32 values. */
    public void add(String name, float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        add(name, "F32", bytes.array(), shape);
    }

    /** Adds int64 values. */
    public void add(String name, long[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        add(name, "I64", bytes.array(), shape);
    }

    private void add(String name, String type, byte[] bytes, int[] shape) {
        header.put(name, Map.of("dtype", type, "shape", shape, "data_offsets", List.of(size, size + bytes.length)));
        contents.put(name, bytes);
        size += bytes.length;
    }

    /** Writes everything added. */
    public void write(Path file) throws IOException {
        byte[] json = new ObjectMapper().writeValueAsBytes(header);
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(padded.length)
                    .array());
            out.write(padded);
            for (byte[] bytes : contents.values()) {
                out.write(bytes);
            }
        }
    }
}

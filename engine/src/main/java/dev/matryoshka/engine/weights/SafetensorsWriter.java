package dev.matryoshka.engine.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a safetensors file. */
public final class SafetensorsWriter {
    private static final int BUFFER = 1 << 20;

    private final Map<String, Object> header = new LinkedHashMap<>();
    private final List<TensorCut> contents = new ArrayList<>();
    private long size;

    /** {@code pt} is what transformers wants to read there, whoever wrote the file. */
    public SafetensorsWriter() {
        header.put("__metadata__", Map.of("format", "pt"));
    }

    /** Adds float32 values. */
    public void add(String name, float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        add(name, DType.F32, bytes, shape);
    }

    /** Adds int64 values. */
    public void add(String name, long[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        add(name, DType.I64, bytes, shape);
    }

    private void add(String name, DType type, ByteBuffer bytes, int[] shape) {
        List<Integer> sizes = Arrays.stream(shape).boxed().toList();
        add(name, TensorCut.whole(new Tensor(name, type, sizes, MemorySegment.ofBuffer(bytes))));
    }

    /** Adds what is cut out of a tensor; it is read when the file is written. */
    public void add(String name, TensorCut cut) {
        long end = size + cut.bytes();
        header.put(
                name,
                Map.of("dtype", cut.tensor().type().name(), "shape", cut.shape(), "data_offsets", List.of(size, end)));
        contents.add(cut);
        size = end;
    }

    /** Writes everything added. */
    public void write(Path file) throws IOException {
        byte[] json = new ObjectMapper().writeValueAsBytes(header);
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(padded.length)
                    .array());
            out.write(padded);
            for (TensorCut cut : contents) {
                cut.writeTo(out);
            }
        }
    }
}

package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.MappedFile;
import dev.matryoshka.engine.weights.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One memory-mapped GGUF file, version 2 or 3: metadata, a table of tensors, then their data
 * (<a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">format</a>). Opening checks all of it against the
 * file's size, so that a tensor, once found, is always readable.
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int OLDEST = 2;
    private static final int NEWEST = 3;
    private static final int DEFAULT_ALIGNMENT = 32;

    /** Bytes of the smallest key with a value, and of the smallest entry of a tensor. */
    private static final int MIN_VALUE = 8 + 1 + 4 + 1;

    private static final int MIN_TENSOR = 8 + 1 + 4 + 8 + 4 + 8;

    private final Path path;
    private final MappedFile file;
    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;

    private GgufFile(Path path, MappedFile file, GgufMetadata metadata, Map<String, Tensor> tensors) {
        this.path = path;
        this.file = file;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /** Whether a file begins as GGUF does. */
    public static boolean recognizes(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false; // opening it will say why
        }
    }

    /**
     * Maps a file.
     *
     * @throws ModelNotFoundException there is no such file
     * @throws ModelFormatException it breaks the format
     * @throws UnsupportedModelException a version or a type of tensor that is not run
     */
    public static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return read(path, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static GgufFile read(Path path, MappedFile mapped) {
        MemorySegment file = mapped.bytes();
        GgufCursor in = new GgufCursor(path, file);
        if (in.int32() != MAGIC) {
            throw in.damaged("does not begin with GGUF");
        }
        checkVersion(path, in.int32());
        int tensorCount = in.count(MIN_TENSOR, "tensors");
        int valueCount = in.count(MIN_VALUE, "values");
        GgufMetadata metadata = new GgufMetadata(String.valueOf(path.getFileName()), values(in, valueCount));
        List<GgufTensorInfo> infos = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            infos.add(GgufTensorInfo.read(in));
        }
        long alignment = alignment(in, metadata);
        long dataAt = (in.position() + alignment - 1) / alignment * alignment;
        if (dataAt > file.byteSize() && !infos.isEmpty()) {
            throw in.damaged("is cut off: it ends before its tensors");
        }
        MemorySegment data = file.asSlice(Math.min(dataAt, file.byteSize()));
        GgufTensorInfo.checkLayout(in, infos, alignment, data.byteSize());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (GgufTensorInfo info : infos) {
            if (tensors.put(info.name(), info.tensor(data)) != null) {
                throw in.damaged("has the tensor " + info.name() + " twice");
            }
        }
        return new GgufFile(path, mapped, metadata, tensors);
    }

    private static void checkVersion(Path path, int version) {
        if (version >= OLDEST && version <= NEWEST) {
            return;
        }
        String what = version != 0 && (version & 0xFFFF) == 0
                ? " has big-endian numbers"
                : " is GGUF of version " + Integer.toUnsignedString(version);
        throw new UnsupportedModelException(
                path.getFileName() + what, "use a little-endian file of version " + OLDEST + " or " + NEWEST);
    }

    private static Map<String, Object> values(GgufCursor in, int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.name();
            if (values.put(key, in.value()) != null) {
                throw in.damaged("has the key " + key + " twice");
            }
        }
        return values;
    }

    private static long alignment(GgufCursor in, GgufMetadata metadata) {
        long alignment = metadata.find("general.alignment").asLong(DEFAULT_ALIGNMENT);
        if (Long.bitCount(alignment) != 1 || alignment < 1 || alignment > 1 << 20) {
            throw in.damaged("is aligned to " + alignment + ", which is no sensible power of two");
        }
        return alignment;
    }

    /** What it says of itself. */
    public GgufMetadata metadata() {
        return metadata;
    }

    /** Every tensor by name, in the order of the file. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** @throws ModelFormatException it has been cut off since it was opened */
    void requireWhole() {
        file.requireWhole();
    }

    @Override
    public void close() {
        file.close();
    }
}

package dev.matryoshka.engine.weights;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One memory-mapped safetensors file: 8 bytes of header length, a JSON header, then the tensors without gaps
 * (<a href="https://github.com/huggingface/safetensors#format">format</a>). Opening checks the whole header against the
 * file's size, so that a tensor, once found, is always readable.
 */
public final class SafetensorsFile implements WeightSource {
    /** The reference implementation's limit. */
    static final long MAX_HEADER = 100_000_000;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final MappedFile file;
    private final Map<String, Tensor> tensors;

    private SafetensorsFile(Path path, MappedFile file, Map<String, Tensor> tensors) {
        this.path = path;
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Maps a file.
     *
     * @throws ModelNotFoundException there is no such file
     * @throws ModelFormatException it breaks the format
     */
    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return new SafetensorsFile(path, file, read(path, file.bytes()));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static Map<String, Tensor> read(Path path, MemorySegment file) {
        if (file.byteSize() < Long.BYTES) {
            throw damaged(path, "has only " + file.byteSize() + " bytes");
        }
        long length = file.get(LENGTH, 0);
        if (length <= 0 || length > MAX_HEADER) {
            throw damaged(path, "states a header of " + Long.toUnsignedString(length) + " bytes");
        }
        if (length > file.byteSize() - Long.BYTES) {
            throw damaged(path, "ends inside its header");
        }
        byte[] header = file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = file.asSlice(Long.BYTES + length);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : SafetensorsHeader.parse(path, header, data.byteSize())) {
            tensors.put(
                    entry.name(),
                    new Tensor(
                            entry.name(),
                            entry.type(),
                            entry.shape(),
                            data.asSlice(entry.begin(), entry.end() - entry.begin())));
        }
        return tensors;
    }

    static ModelFormatException damaged(Path path, String what) {
        return new ModelFormatException(
                path.getFileName() + " " + what, "it is no intact safetensors file, fetch it again");
    }

    /** Every tensor by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    @Override
    public @Nullable Tensor find(String name) {
        return tensors.get(name);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    @Override
    public void requireWhole() {
        file.requireWhole();
    }

    @Override
    public void close() {
        file.close();
    }
}

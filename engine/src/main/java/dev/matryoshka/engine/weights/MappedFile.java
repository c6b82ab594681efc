package dev.matryoshka.engine.weights;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file of weights, mapped until it is closed. */
public final class MappedFile implements AutoCloseable {
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    private MappedFile(FileChannel channel) throws IOException {
        this.channel = channel;
        try {
            bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            channel.close();
            throw e;
        }
    }

    /**
     * Maps a file.
     *
     * @throws ModelNotFoundException there is no such file
     * @throws ModelFormatException it can't be read
     */
    public static MappedFile open(Path path) {
        try {
            return new MappedFile(FileChannel.open(path, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new ModelNotFoundException("there is no file " + path, "check the path", e);
        } catch (IOException e) {
            throw new ModelFormatException(
                    path + " can't be read (" + e.getMessage() + ")", "check that it is a file you may read", e);
        }
    }

    /** Its bytes, valid until it is closed. */
    public MemorySegment bytes() {
        return bytes;
    }

    /**
     * Asks whether the file is as long as it was. Reading what is gone is an error in Java and the end of the process in native
     * code, so it is better found before.
     *
     * @throws ModelFormatException it has been cut off
     */
    public void requireWhole() {
        try {
            if (channel.size() < bytes.byteSize()) {
                throw cutOff(null);
            }
        } catch (IOException e) {
            return; // it can't be told
        }
    }

    /** What is said where a page of the mapping is gone. */
    public static ModelFormatException cutOff(@Nullable Throwable cause) {
        return new ModelFormatException(
                "the model's file was cut off while it was in use", "fetch the model again, then restart", cause);
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            return; // nothing was written
        }
    }
}

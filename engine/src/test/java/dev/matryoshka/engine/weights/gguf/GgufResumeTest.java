package dev.matryoshka.engine.weights.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file whose writing broke off is finished without doing again what stands in it. */
class GgufResumeTest {
    private static final int TENSORS = 4;
    private static final int SIZE = 40; // with 24 bytes of padding

    @TempDir
    private Path folder;

    private final List<Integer> asked = new ArrayList<>();

    /** @param failing the tensor that finds no space; -1 for none */
    private GgufWriter writer(String name, int failing) {
        GgufWriter out = new GgufWriter();
        out.string("general.name", name);
        for (int i = 0; i < TENSORS; i++) {
            int index = i;
            out.tensor("t" + i, DType.F16, List.of(SIZE / 2), to -> {
                asked.add(index);
                byte[] bytes = new byte[SIZE];
                Arrays.fill(bytes, (byte) (index + 1));
                to.write(bytes, 0, SIZE / 2);
                if (index == failing) {
                    to.flush();
                    throw new IOException("No space left on device");
                }
                to.write(bytes, SIZE / 2, SIZE / 2);
            });
        }
        return out;
    }

    private Path whole() throws IOException {
        Path file = folder.resolve("whole.gguf");
        writer("a", -1).write(file);
        asked.clear();
        return file;
    }

    private Path brokenOff() {
        Path part = folder.resolve("x.part");
        assertThrows(IOException.class, () -> writer("a", 2).resume(part, kept -> {}));
        assertEquals(List.of(0, 1, 2), asked);
        asked.clear();
        return part;
    }

    private void finish(Path part, List<Integer> expected) throws IOException {
        writer("a", -1).resume(part, kept -> assertEquals((long) SIZE * (TENSORS - expected.size()), kept));
        assertEquals(expected, asked);
        asked.clear();
        assertArrayEquals(Files.readAllBytes(whole()), Files.readAllBytes(part));
    }

    @Test
    void goesOnBehindTheLastWholeTensor() throws IOException {
        Path part = brokenOff();
        finish(part, List.of(2, 3));
        finish(part, List.of());
        GgufWriter.forget(part);
        finish(part, List.of(0, 1, 2, 3));
    }

    /** As after a loss of power, where the disk has less than was written, or something else. */
    @ParameterizedTest
    @CsvSource({"1,1", "64,1", "65,0", "128,0"})
    void whatIsDamagedIsWrittenAgain(int back, int first) throws IOException {
        List<Integer> rest = List.of(0, 1, 2, 3).subList(first, TENSORS);
        Path part = brokenOff();
        byte[] bytes = Files.readAllBytes(part);
        int end = bytes.length - SIZE / 2; // of tensor 1
        bytes[end - back] ^= 1;
        Files.write(part, bytes);
        finish(part, rest);
        Files.write(part, Arrays.copyOf(bytes, end - back));
        finish(part, rest);
    }

    @Test
    void anotherFileIsBegunAnew() throws IOException {
        Path part = brokenOff();
        writer("b", -1).resume(part, kept -> assertEquals(0, kept));
        assertEquals(List.of(0, 1, 2, 3), asked);
        Path other = folder.resolve("other.gguf");
        writer("b", -1).write(other);
        assertArrayEquals(Files.readAllBytes(other), Files.readAllBytes(part));
    }
}

package dev.matryoshka.engine.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must never crash, hang or take memory: each damaged file is one line that says so. */
class SafetensorsFileTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsWhatItWrote() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("a", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        writer.add("ids", new long[] {7, -8}, 2);
        Path file = folder.resolve("good.safetensors");
        writer.write(file);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertArrayEquals(
                    new float[] {1, 2, 3, 4, 5, 6}, read.require("a", 2, 3).toFloats());
            assertEquals(-8, Objects.requireNonNull(read.find("ids")).getLong(1));
            MatryoshkaException shape = assertThrows(ModelFormatException.class, () -> read.require("a", 3, 2));
            assertTrue(shape.problem().contains("[2, 3]") && shape.problem().contains("[3, 2]"), shape.problem());
            assertThrows(ModelFormatException.class, () -> read.require("b", 1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 100_000_001, Long.MAX_VALUE, 5000})
    void impossibleHeaderLengths(long length) throws IOException {
        assertDamaged(ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void filesTooShortForALength(int size) throws IOException {
        assertDamaged(new byte[size]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|8|not an object",
                "7|8|not an object",
                "{'a':|8|not JSON",
                "{}{}|0|after its header",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|8|not JSON",
                "{'a':{'dtype':'F99','shape':[2],'data_offsets':[0,8]}}|8|unknown type",
                "{'a':{'dtype':7,'shape':[2],'data_offsets':[0,8]}}|8|unknown type",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}|8|out of range",
                "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}|8|not whole",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}|8|out of range",
                "{'a':{'dtype':'F32','shape':[4294967296],'data_offsets':[0,8]}}|8|beyond 2^31",
                "{'a':{'dtype':'F32','shape':[2147483647,2147483647,2147483647],'data_offsets':[0,8]}}|8|overflows",
                "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1],'data_offsets':[0,4]}}|4|8 dimensions",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}|8|backwards",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}|8|needs 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|4|cut off",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|12|after its tensors",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}|12|gap",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|overlapping",
                "{'a':{'dtype':'F32','shape':[2]}}|8|lacks fields",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}|8|unknown field",
                "{'a':7}|8|malformed",
            })
    void damagedHeaders(String header, int dataSize, String complaint) throws IOException {
        String message = assertDamaged(file(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataSize));
        assertTrue(message.contains(complaint), message);
    }

    @Test
    void headersThatAreNotUtf8() throws IOException {
        assertTrue(assertDamaged(file(new byte[] {'{', '"', (byte) 0xFF, '"', '}'}, 0))
                .contains("UTF-8"));
    }

    @Test
    void typesThatAreNotRunSayWhatToUse() throws IOException {
        Path path = folder.resolve("f64.safetensors");
        String header = "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        Files.write(path, file(header.getBytes(StandardCharsets.UTF_8), 8));
        assertThrows(UnsupportedModelException.class, () -> SafetensorsFile.open(path));
    }

    @Test
    void shards() throws IOException {
        SafetensorsWriter one = new SafetensorsWriter();
        one.add("a", new float[] {1}, 1);
        one.write(folder.resolve("one.safetensors"));
        SafetensorsWriter two = new SafetensorsWriter();
        two.add("b", new float[] {2}, 1);
        two.write(folder.resolve("two.safetensors"));
        index("{'a':'one.safetensors','b':'two.safetensors'}");
        try (WeightSource weights = Weights.open(folder)) {
            assertEquals(2, weights.require("b", 1).getFloat(0));
            assertEquals(
                    List.of("a", "b"),
                    weights.shapes().keySet().stream().sorted().toList());
        }
        two.add("a", new float[] {3}, 1);
        two.write(folder.resolve("two.safetensors"));
        assertTrue(assertBadIndex().contains("two of its shards"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':'missing.safetensors'}|missing",
                "{'a':'../one.safetensors'}|no plain file name",
                "{'a':'/etc/passwd'}|no plain file name",
                "{'a':'one.safetensors','c':'one.safetensors'}|names c",
                "7|no weight_map",
            })
    void badIndexes(String map, String complaint) throws IOException {
        SafetensorsWriter one = new SafetensorsWriter();
        one.add("a", new float[] {1}, 1);
        one.write(folder.resolve("one.safetensors"));
        index(map);
        String message = assertBadIndex();
        assertTrue(message.contains(complaint), message);
    }

    @Test
    void foldersWithoutWeights() {
        assertThrows(ModelNotFoundException.class, () -> Weights.open(folder));
        assertThrows(ModelNotFoundException.class, () -> SafetensorsFile.open(folder.resolve("none")));
    }

    private void index(String map) throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), ("{'weight_map':" + map + "}").replace('\'', '"'));
    }

    private String assertBadIndex() {
        return String.valueOf(assertThrows(ModelFormatException.class, () -> Weights.open(folder))
                .getMessage());
    }

    private static byte[] file(byte[] header, int dataSize) {
        return ByteBuffer.allocate(8 + header.length + dataSize)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    private String assertDamaged(byte[] content) throws IOException {
        Path file = folder.resolve("damaged.safetensors");
        Files.write(file, Arrays.copyOf(content, content.length));
        String message = String.valueOf(assertThrows(ModelFormatException.class, () -> SafetensorsFile.open(file))
                .getMessage());
        assertEquals(1, message.lines().count());
        assertTrue(message.contains("damaged.safetensors"), message);
        assertFalse(message.contains("Exception"), message);
        return message;
    }
}

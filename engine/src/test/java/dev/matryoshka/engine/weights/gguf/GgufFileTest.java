package dev.matryoshka.engine.weights.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
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

class GgufFileTest {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int UINT32 = 4;

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        GgufWriter out = new GgufWriter();
        out.string("s", "größer");
        out.uint32("u", -1);
        out.float32("f", 2.5f);
        out.float32("whole", 10);
        out.bool("b", true);
        out.float32s("fs", 1.5f, Float.NEGATIVE_INFINITY);
        out.int32s("is", -3, 4);
        out.bools("bs", List.of(true, false));
        out.strings("ss", List.of("ä".getBytes(StandardCharsets.UTF_8)));
        out.tensor("odd", DType.I32, List.of(1, 3), o -> o.write(le(1, 2, 3)));
        out.tensor("t", DType.F32, List.of(2, 1), o -> o.write(le(Float.floatToIntBits(7), 0)));
        Path file = folder.resolve("all.gguf");
        out.write(file);
        assertTrue(GgufFile.recognizes(file));
        assertFalse(GgufFile.recognizes(folder.resolve("none")));
        try (GgufFile in = GgufFile.open(file)) {
            GgufMetadata m = in.metadata();
            assertEquals("größer", m.find("s").asText());
            assertEquals(0xFFFF_FFFFL, m.find("u").asLong());
            assertEquals(2.5, m.find("f").asDouble());
            assertTrue(m.find("whole").isIntegralNumber());
            assertTrue(m.find("b").asBoolean());
            assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, m.floats("fs"));
            assertEquals("[-3,4]", m.find("is").toString());
            assertEquals("[true,false]", m.find("bs").toString());
            assertEquals("[\"ä\"]", m.find("ss").toString());
            assertTrue(m.find("none").isMissingNode());
            Tensor odd = Objects.requireNonNull(in.tensors().get("odd"));
            assertEquals(List.of(1, 3), odd.shape());
            assertEquals(3, odd.getLong(2));
            assertEquals(7, Objects.requireNonNull(in.tensors().get("t")).getFloat(0));
        }
    }

    private static byte[] le(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putInt);
        return bytes.array();
    }

    private static void open(Path file) {
        GgufFile.open(file).close();
    }

    private static void assertComplaint(MatryoshkaException e, String complaint) {
        String message = Objects.requireNonNull(e.getMessage());
        assertTrue(message.contains(complaint), message);
        assertFalse(message.contains("Exception"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void filesThatArentThere() {
        assertThrows(ModelNotFoundException.class, () -> open(folder.resolve("none.gguf")));
        assertThrows(ModelFormatException.class, () -> open(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "GGJT,3,0,0,does not begin with GGUF,ModelFormatException",
        "GGUF,0,0,0,version 0,UnsupportedModelException",
        "GGUF,1,0,0,version 1,UnsupportedModelException",
        "GGUF,4,0,0,version 4,UnsupportedModelException",
        "GGUF,50331648,0,0,big-endian,UnsupportedModelException",
        "GGUF,3,-1,0,18446744073709551615 tensors,ModelFormatException",
        "GGUF,3,9223372036854775807,0,tensors,ModelFormatException",
        "GGUF,3,1,0,1 tensors,ModelFormatException",
        "GGUF,3,0,-9,values,ModelFormatException",
        "GGUF,3,0,1000000,1000000 values,ModelFormatException"
    })
    void damagedStarts(String magic, int version, long tensors, long values, String complaint, String kind)
            throws IOException {
        Bytes file = new Bytes().raw(magic).int32(version).int64(tensors).int64(values);
        MatryoshkaException e = assertThrows(MatryoshkaException.class, () -> open(write(file)));
        assertEquals(kind, e.getClass().getSimpleName());
        assertComplaint(e, complaint);
    }

    @Test
    void shortFiles() {
        assertDamaged(new Bytes(), "ends inside its header");
        assertDamaged(new Bytes().raw("GGUF").int32(3), "ends inside its header");
    }

    @Test
    void damagedValues() {
        assertDamaged(values(1).text("k").int32(13).int64(0), "unknown type 13");
        assertDamaged(values(1).int64(-1).int64(0), "characters");
        assertDamaged(values(1).int64(0).int32(UINT32).int32(1).int64(0), "name of 0 characters");
        assertDamaged(values(1).text("k").int32(STRING).int64(1L << 40), "characters");
        assertDamaged(values(1).text("k").int32(STRING).int64(1).raw(new byte[] {(byte) 0xFF}), "not UTF-8");
        assertDamaged(values(1).text("k").int32(ARRAY).int32(ARRAY).int64(1), "array of arrays");
        assertDamaged(values(1).text("k").int32(ARRAY).int32(UINT32).int64(1L << 62), "elements of an array");
        assertDamaged(
                values(1).text("k").int32(ARRAY).int32(STRING).int64(1).int64(2).raw("x"), "characters");
        Bytes key = values(2).text("k").int32(UINT32).int32(1);
        assertDamaged(key.text("k").int32(UINT32).int32(1), "key k twice");
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "48", "-8"})
    void senselessAlignments(int alignment) {
        assertDamaged(values(1).text("general.alignment").int32(UINT32).int32(alignment), "no sensible power of two");
    }

    @Test
    void damagedTensors() {
        assertDamaged(tensor(new long[0], 0, 0, 64), "has 0 dimensions");
        assertDamaged(tensor(new long[] {1, 1, 1, 1, 1}, 0, 0, 64), "has 5 dimensions");
        assertDamaged(tensor(new long[] {0}, 0, 0, 64), "dimension of 0");
        assertDamaged(tensor(new long[] {-4}, 0, 0, 64), "dimension of 18446744073709551612");
        assertDamaged(tensor(new long[] {1L << 31}, 0, 0, 64), "dimension of 2147483648");
        assertDamaged(tensor(new long[] {1 << 30, 1 << 30, 1 << 30}, 0, 0, 64), "dimension of");
        assertDamaged(tensor(new long[] {48}, 2, 0, 64), "no multiple of 32");
        assertDamaged(tensor(new long[] {4}, 99, 0, 64), "unknown type 99");
        assertDamaged(tensor(new long[] {4}, -1, 0, 64), "unknown type 4294967295");
        assertDamaged(tensor(new long[] {4}, 0, 8, 64), "off the alignment");
        assertDamaged(tensor(new long[] {4}, 0, 64, 64), "cut off");
        assertDamaged(tensor(new long[] {17}, 0, 0, 64), "cut off");
        assertDamaged(tensor(new long[] {4}, 0, -32, 64), "cut off");
        assertDamaged(tensor(new long[] {4}, 0, 0, -1), "cut off");
    }

    @Test
    void tensorsThatMeet() {
        assertDamaged(two("a", "a", 32), "tensor a twice");
        assertDamaged(two("a", "b", 0), "overlapping tensors");
    }

    @Test
    void typesThatAreNotRunSayWhatToUse() throws IOException {
        Path file = write(tensor(new long[] {256}, 16, 0, 128));
        assertComplaint(assertThrows(UnsupportedModelException.class, () -> open(file)), "IQ2_XXS");
    }

    private void assertDamaged(Bytes file, String complaint) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(write(file)));
        assertComplaint(e, complaint);
        assertComplaint(e, "damaged.gguf");
    }

    private Path write(Bytes file) throws IOException {
        Path path = folder.resolve("damaged.gguf");
        Files.write(path, file.array());
        return path;
    }

    private static Bytes values(long count) {
        return new Bytes().raw("GGUF").int32(3).int64(0).int64(count);
    }

    /** One float32 tensor of four at the start, padded data of {@code dataSize} bytes (-1: none, unpadded). */
    private static Bytes tensor(long[] dimensions, int type, long offset, int dataSize) {
        Bytes file = new Bytes().raw("GGUF").int32(3).int64(1).int64(0).info("t", dimensions, type, offset);
        return dataSize < 0 ? file : file.align().raw(new byte[dataSize]);
    }

    private static Bytes two(String first, String second, long offset) {
        long[] four = {4};
        Bytes file = new Bytes().raw("GGUF").int32(3).int64(2).int64(0);
        return file.info(first, four, 0, 0)
                .info(second, four, 0, offset)
                .align()
                .raw(new byte[64]);
    }

    /** Spells a file by hand. */
    private static final class Bytes {
        private final ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

        Bytes raw(String ascii) {
            return raw(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        Bytes raw(byte[] bytes) {
            out.put(bytes);
            return this;
        }

        Bytes int32(int value) {
            out.putInt(value);
            return this;
        }

        Bytes int64(long value) {
            out.putLong(value);
            return this;
        }

        Bytes text(String ascii) {
            return int64(ascii.length()).raw(ascii);
        }

        Bytes info(String name, long[] dimensions, int type, long offset) {
            text(name).int32(dimensions.length);
            Arrays.stream(dimensions).forEach(this::int64);
            return int32(type).int64(offset);
        }

        Bytes align() {
            out.position((out.position() + 31) / 32 * 32);
            return this;
        }

        byte[] array() {
            return Arrays.copyOf(out.array(), out.position());
        }
    }
}

package dev.matryoshka.engine.weights;

import static dev.matryoshka.engine.weights.SafetensorsFile.damaged;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Parses and checks the JSON header of a safetensors file. */
final class SafetensorsHeader {
    private static final Set<String> UNSUPPORTED =
            Set.of("BOOL", "I8", "I16", "U16", "U32", "U64", "F64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "C64");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path path;
    private final JsonParser parser;

    /** A tensor: bytes [begin, end) of the data. */
    record Entry(String name, DType type, List<Integer> shape, long begin, long end) {}

    private SafetensorsHeader(Path path, JsonParser parser) {
        this.path = path;
        this.parser = parser;
    }

    /** Entries whose bytes cover {@code dataSize} without gap or overlap. */
    static List<Entry> parse(Path path, byte[] header, long dataSize) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged(path, "has a header that is not UTF-8");
        }
        try (JsonParser parser = JSON.createParser(text)) {
            List<Entry> entries = new SafetensorsHeader(path, parser).entries();
            checkLayout(path, entries, dataSize);
            return entries;
        } catch (MatryoshkaException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(path, "has a header that is not JSON (" + reason(e) + ")");
        }
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void checkLayout(Path path, List<Entry> entries, long dataSize) {
        long at = 0;
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        for (Entry e : inOrder) {
            if (e.begin() != at) {
                throw damaged(path, "has " + (e.begin() < at ? "overlapping tensors" : "a gap") + " at " + e.name());
            }
            at = e.end();
        }
        if (at != dataSize) {
            throw damaged(path, at > dataSize ? "is cut off: it ends inside a tensor" : "has bytes after its tensors");
        }
    }

    private List<Entry> entries() throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "has a header that is not an object");
        List<Entry> entries = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            expect(parser.nextToken() == JsonToken.START_OBJECT, "has a malformed entry " + name);
            if (name.equals("__metadata__")) {
                parser.skipChildren();
            } else {
                entries.add(entry(name));
            }
        }
        expect(parser.nextToken() == null, "has text after its header's object");
        return entries;
    }

    private Entry entry(String name) throws IOException {
        DType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "dtype" -> type = type(name);
                case "shape" -> shape = numbers(name);
                case "data_offsets" -> offsets = numbers(name);
                default -> throw damaged(path, "has an unknown field '" + field + "' at " + name);
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw damaged(path, "lacks fields at " + name);
        }
        return checked(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private Entry checked(String name, DType type, List<Long> shape, long begin, long end) {
        long bytes = type.blockBytes();
        List<Integer> sizes = new ArrayList<>();
        for (long size : shape) {
            expect(size <= Integer.MAX_VALUE, "has a dimension beyond 2^31 at " + name);
            expect(size == 0 || bytes <= Long.MAX_VALUE / size, "has a shape that overflows at " + name);
            bytes *= size;
            sizes.add((int) size);
        }
        expect(begin <= end, "has offsets that run backwards at " + name);
        expect(end - begin == bytes, "has " + (end - begin) + " bytes where the shape needs " + bytes + " at " + name);
        return new Entry(name, type, List.copyOf(sizes), begin, end);
    }

    private DType type(String name) throws IOException {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        if (UNSUPPORTED.contains(text)) {
            throw new UnsupportedModelException(
                    path.getFileName() + " stores " + name + " as " + text,
                    "use a checkpoint in bfloat16, float16 or float32");
        }
        return Arrays.stream(DType.values())
                .filter(t -> t.name().equals(text) && !t.isQuantized()) // blocks are GGUF's
                .findFirst()
                .orElseThrow(() -> damaged(path, "has the unknown type '" + text + "' at " + name));
    }

    private List<Long> numbers(String name) throws IOException {
        expect(parser.currentToken() == JsonToken.START_ARRAY, "has no list of numbers at " + name);
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, "has a number that is not whole at " + name);
            expect(
                    parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER && parser.getLongValue() >= 0,
                    "has a number out of range at " + name);
            numbers.add(parser.getLongValue());
            expect(numbers.size() <= 8, "has more than 8 dimensions at " + name);
        }
        return numbers;
    }

    private void expect(boolean valid, String complaint) {
        if (!valid) {
            throw damaged(path, complaint);
        }
    }
}

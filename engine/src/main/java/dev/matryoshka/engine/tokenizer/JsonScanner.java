package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.error.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pulls values out of JSON in UTF-8. Strings are left as bytes in one reused buffer: a general parser takes 0.4 s of a
 * cold JVM for the 2.7 million tokens of Gemma's vocabulary and merges. Whoever keeps the bytes checks that they are
 * UTF-8. Damage is a {@link ModelFormatException}.
 */
final class JsonScanner {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_STRING = 1 << 20; // bytes
    private static final int MAX_VALUES = 1 << 20;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");

    private final InputStream in;
    private final String file;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long consumed;
    private boolean first;
    private byte[] text = new byte[256];
    private int length;
    private int values;

    /**
     * @param file its name, for complaints
     */
    JsonScanner(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    /** Enters an object or an array; {@link #more} walks through it. */
    void begin(char open) throws IOException {
        expect(open);
        first = true;
    }

    /** Whether a field or an element follows; takes the closing bracket where none does. */
    boolean more(char close) throws IOException {
        boolean closed = peek() == close;
        if (closed) {
            at++;
        } else if (!first) {
            expect(',');
        }
        first = false;
        return !closed;
    }

    /** Whether the next value starts with this. */
    boolean isNext(char c) throws IOException {
        return peek() == c;
    }

    /** A field's name and its colon. */
    String name() throws IOException {
        String name = string();
        expect(':');
        return name;
    }

    /** A field's name as {@link #text}, and its colon. */
    void nameBytes() throws IOException {
        clear();
        stringBytes();
        expect(':');
    }

    /** A whole number; -1 where it is negative or beyond any id. */
    int index() throws IOException {
        boolean negative = peek() == '-';
        if (negative) {
            at++;
        }
        long value = 0;
        int digits = 0;
        for (int digit = current() - '0'; digit >= 0 && digit <= 9; digit = current() - '0') {
            value = Math.min(10 * value + digit, Integer.MAX_VALUE + 1L);
            at++;
            digits++;
        }
        if (digits == 0 || "+-.eE".indexOf(current()) >= 0) {
            throw damage("an id is no whole number");
        }
        return negative || value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    /** A boolean. */
    boolean flag() throws IOException {
        boolean value = peek() == 't';
        for (char c : (value ? "true" : "false").toCharArray()) {
            if (take() != c) {
                throw damage("a flag is neither true nor false");
            }
        }
        return value;
    }

    private String string() throws IOException {
        clear();
        stringBytes();
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** Empties {@link #text}. */
    void clear() {
        length = 0;
    }

    /** Appends a string to {@link #text}. */
    void stringBytes() throws IOException {
        expect('"');
        while (true) {
            copyPlain();
            byte b = take();
            if (b == '"') {
                return;
            } else if (b == '\\') {
                escape();
            } else if (isPlain(b)) {
                append(b); // one of the buffers ended
            } else {
                throw damage("a control character in a string");
            }
        }
    }

    /** Appends bytes that stand for themselves, as far as both buffers go. */
    private void copyPlain() {
        byte[] from = buffer;
        byte[] to = text;
        int i = at;
        int shift = length - i;
        int limit = Math.min(end, to.length - shift);
        while (i < limit && isPlain(from[i])) {
            to[i + shift] = from[i];
            i++;
        }
        length = i + shift;
        at = i;
    }

    private static boolean isPlain(byte b) {
        return b != '"' && b != '\\' && (b >= ' ' || b < 0);
    }

    /** What was read last; longer than {@link #length} and reused. */
    byte[] text() {
        return text;
    }

    int length() {
        return length;
    }

    /** Takes the first such byte from a place on out of {@link #text}; returns where it was, or -1. */
    int cut(char c, int from) {
        for (int i = from; i < length; i++) {
            if (text[i] == c) {
                System.arraycopy(text, i + 1, text, i, --length - i);
                return i;
            }
        }
        return -1;
    }

    private void append(int b) {
        reserve(1);
        text[length++] = (byte) b;
    }

    private void append(byte[] bytes, int from, int count) {
        reserve(count);
        System.arraycopy(bytes, from, text, length, count);
        length += count;
    }

    private void reserve(int count) {
        if (length + count > MAX_STRING) {
            throw damage("a string is too long");
        }
        if (length + count > text.length) {
            text = Arrays.copyOf(text, 2 * (length + count));
        }
    }

    private void escape() throws IOException {
        byte b = take();
        switch (b) {
            case '"', '\\', '/' -> append(b);
            case 'b' -> append('\b');
            case 'f' -> append('\f');
            case 'n' -> append('\n');
            case 'r' -> append('\r');
            case 't' -> append('\t');
            case 'u' -> unicode();
            default -> throw damage("an unknown escape");
        }
    }

    private void unicode() throws IOException {
        char c = hex();
        String character = String.valueOf(c);
        if (Character.isSurrogate(c)) {
            boolean paired = take() == '\\' && take() == 'u';
            character += paired ? hex() : "";
            if (character.codePointAt(0) == c) {
                throw damage("half a character");
            }
        }
        byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
        append(utf8, 0, utf8.length);
    }

    private char hex() throws IOException {
        int c = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
                throw damage("an unknown escape");
            }
            c = 16 * c + digit;
        }
        return (char) c;
    }

    /** Any value: a map, a list, a string, a boolean, a number or null. */
    @Nullable
    Object value() throws IOException {
        return value(0);
    }

    private @Nullable Object value(int depth) throws IOException {
        if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
            throw damage("it is nested too deeply, or has too many values");
        }
        return switch (peek()) {
            case '{' -> {
                Map<String, @Nullable Object> fields = new HashMap<>();
                begin('{');
                while (more('}')) {
                    fields.put(name(), value(depth + 1));
                }
                yield fields;
            }
            case '[' -> {
                List<@Nullable Object> elements = new ArrayList<>();
                begin('[');
                while (more(']')) {
                    elements.add(value(depth + 1));
                }
                yield elements;
            }
            case '"' -> string();
            default -> scalar();
        };
    }

    private @Nullable Object scalar() throws IOException {
        clear();
        for (byte b = current(); "+-.".indexOf(b) >= 0 || Character.isLetterOrDigit(b); b = current()) {
            append(b);
            at++;
        }
        String word = new String(text, 0, length, StandardCharsets.US_ASCII);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> {
                if (!NUMBER.matcher(word).matches()) {
                    throw damage("'" + word + "' is no value");
                }
                yield Double.valueOf(word);
            }
        };
    }

    /** Checks that nothing but white space follows. */
    void end() throws IOException {
        while (at < end || fill()) {
            if (!isSpace(buffer[at++])) {
                throw damage("something follows its end");
            }
        }
    }

    private void expect(char c) throws IOException {
        if (peek() != c) {
            throw damage("'" + c + "' is missing");
        }
        at++;
    }

    /** The next byte that is no white space, not taken. */
    private byte peek() throws IOException {
        while (true) {
            byte[] bytes = buffer;
            int limit = end;
            int i = at;
            while (i < limit && isSpace(bytes[i])) {
                i++;
            }
            at = i;
            if (i < limit) {
                return bytes[i];
            }
            current(); // the next buffer
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** The next byte, not taken. */
    private byte current() throws IOException {
        if (at == end && !fill()) {
            throw damage("it ends too early");
        }
        return buffer[at];
    }

    private byte take() throws IOException {
        byte b = current();
        at++;
        return b;
    }

    private boolean fill() throws IOException {
        consumed += end;
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    /** A complaint about the place that was reached. */
    ModelFormatException damage(String what) {
        return new ModelFormatException(
                file + " is damaged (" + what + ", byte " + (consumed + at) + ")", "fetch the model again");
    }
}

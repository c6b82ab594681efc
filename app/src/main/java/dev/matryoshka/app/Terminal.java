package dev.matryoshka.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.ModelInfo;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** What commands print. */
final class Terminal {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Terminal() {}

    /** Standard output in UTF-8, whatever the locale says. */
    static PrintStream out() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    }

    /** One answer of a command, on standard output. */
    static void print(String text) {
        PrintStream out = out();
        out.println(text);
        out.flush();
    }

    /** Tells on standard error that another device computes than was meant to. */
    static void note(ModelInfo model) {
        System.err.println("matryoshka: going on with " + model.device() + ": " + model.deviceReason());
    }

    /** Bytes for people: {@code 4.54 GB}. */
    static String bytes(long bytes) {
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    /** A large number for people: {@code 5.44 billion}. */
    static String count(long number) {
        return number < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f million", number / 1e6)
                : String.format(Locale.ROOT, "%.2f billion", number / 1e9);
    }

    /** Named values as one JSON object. */
    static String json(Map<String, ?> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}

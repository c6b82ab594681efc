package dev.matryoshka.app;

import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model loaded, asked and unloaded again and again: what was taken must be given back.
 *
 * @param device what computed
 * @param times how often
 * @param settled bytes in memory after a fifth of them; 0 where no kernel tells it, as are the others
 * @param end bytes in memory after all
 * @param settledFiles open files after a fifth of them
 * @param endFiles open files after all
 */
record UnloadCheck(String device, int times, long settled, long end, long settledFiles, long endFiles) {
    private static final long MARGIN = 32L << 20; // what the JVM's own parts still grow by
    private static final int TOKENS = 4;

    static UnloadCheck run(Path model, LoadOptions options, int times) {
        String device = "";
        long settled = 0;
        long files = 0;
        for (int i = 1; i <= times; i++) {
            try (Gemma3n gemma = Gemma3n.load(model, options);
                    ChatSession chat = gemma.newChat("")) {
                device = gemma.info().device();
                chat.send(Prompt.of("Hello"), GenerationConfig.greedy(TOKENS), piece -> {});
            }
            if (i == (times + 4) / 5) {
                settled = resident();
                files = openFiles();
            }
        }
        return new UnloadCheck(device, times, settled, resident(), files, openFiles());
    }

    boolean passed() {
        return end - settled <= MARGIN && endFiles <= settledFiles;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: loaded, asked and unloaded %d times; %d MB in memory after a fifth of them, %d MB at the end;"
                        + " open files %d and %d",
                device,
                times,
                settled >> 20,
                end >> 20,
                settledFiles,
                endFiles);
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("device", device);
        fields.put("times", times);
        fields.put("settled_bytes", settled);
        fields.put("end_bytes", end);
        fields.put("settled_files", settledFiles);
        fields.put("end_files", endFiles);
        fields.put("passed", passed());
        return fields;
    }

    /** Bytes in memory once garbage is collected. */
    private static long resident() {
        System.gc();
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            return 0;
        }
    }
}

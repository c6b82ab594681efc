package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.error.InvalidSliceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Slices as JSON files: {@code {"name": text, "skip": [layers], "ffn": [width per original layer]}}; name and skip may be left out. */
final class SliceFiles {
    private static final String END = ".json";

    private SliceFiles() {}

    /** Reads one. A file without a name in it is called as the file. */
    static MatFormerSlice read(Path file) {
        JsonFields fields = new JsonFields(String.valueOf(file.getFileName()), Json.read(file));
        List<Integer> skip = fields.wholes("skip", 0, 1);
        List<Integer> ffn = fields.wholes("ffn", 1, 1);
        if (ffn == null) {
            throw new InvalidSliceException(fields.file() + " has no 'ffn'", "list one width for each original layer");
        }
        String name = fields.file().endsWith(END)
                ? fields.file().substring(0, fields.file().length() - END.length())
                : fields.file();
        return new MatFormerSlice(
                fields.text("name", name), skip == null ? Set.of() : Set.copyOf(new HashSet<>(skip)), ffn);
    }

    /** The files of a folder, by name; none where there is no folder. */
    static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(END)).sorted().toList();
        } catch (IOException e) {
            throw new InvalidSliceException(
                    folder + " can't be read (" + e.getMessage() + ")", "check that you may read it", e);
        }
    }

    /** Where a slice of that name lies in a folder. */
    static Path file(Path folder, String name) {
        return folder.resolve(name + END);
    }

    /** Writes one into a folder, which is made where it is missing. */
    static Path write(MatFormerSlice slice, Path folder) {
        Path file = file(folder, slice.name());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", slice.name());
        fields.put("skip", slice.skip().stream().sorted().toList());
        fields.put("ffn", slice.ffn());
        try {
            Files.createDirectories(folder);
            Files.writeString(file, new ObjectMapper().writeValueAsString(fields) + "\n");
            return file;
        } catch (IOException e) {
            throw new InvalidSliceException(
                    file + " can't be written (" + e.getMessage() + ")",
                    "free some space or check that you may write there",
                    e);
        }
    }
}

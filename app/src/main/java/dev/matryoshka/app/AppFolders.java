package dev.matryoshka.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the program keeps its own files: by the platform's conventions, or all of them below {@code MATRYOSHKA_HOME}. */
record AppFolders(Map<String, String> environment, Path home, String system) {
    /** Those of the running user. */
    static AppFolders ofUser() {
        return new AppFolders(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                System.getProperty("os.name").toLowerCase(Locale.ROOT));
    }

    private static final String OWN = "MATRYOSHKA_HOME";

    /** A folder below the one that the user named for everything; empty where none was named. */
    private Optional<Path> own(String name) {
        String named = environment.getOrDefault(OWN, "");
        return named.isBlank()
                ? Optional.empty()
                : Optional.of(Path.of(named).toAbsolutePath().resolve(name));
    }

    /** What can be made again: unpacked assets. */
    Path cache() {
        return own("cache").orElseGet(this::systemCache);
    }

    private Path systemCache() {
        if (system.startsWith("windows")) {
            return variable("LOCALAPPDATA", "AppData/Local")
                    .resolve("Matryoshka")
                    .resolve("Cache");
        }
        if (system.startsWith("mac")) {
            return home.resolve("Library/Caches/Matryoshka");
        }
        return variable("XDG_CACHE_HOME", ".cache").resolve("matryoshka");
    }

    /** Mix-n-Match slices that the user saved. */
    Path slices() {
        return config().resolve("slices");
    }

    /** What the user said and was told. */
    Path history() {
        return data().resolve("history.db");
    }

    /** The folder of that, which one window uses at a time. */
    Path data() {
        return own("data")
                .orElseGet(() -> system.startsWith("windows") || system.startsWith("mac")
                        ? config()
                        : variable("XDG_DATA_HOME", ".local/share").resolve("matryoshka"));
    }

    /** What the program did, for people to read, see {@link Log}. */
    Path logs() {
        return own("log").orElseGet(this::systemLogs);
    }

    private Path systemLogs() {
        if (system.startsWith("windows")) {
            return variable("LOCALAPPDATA", "AppData/Local")
                    .resolve("Matryoshka")
                    .resolve("Logs");
        }
        if (system.startsWith("mac")) {
            return home.resolve("Library/Logs/Matryoshka");
        }
        return variable("XDG_STATE_HOME", ".local/state").resolve("matryoshka");
    }

    /** What the user set in the window. */
    Path settings() {
        return config().resolve("settings.json");
    }

    /** What the user set or made. */
    private Path config() {
        return own("config").orElseGet(this::systemConfig);
    }

    private Path systemConfig() {
        if (system.startsWith("windows")) {
            return variable("APPDATA", "AppData/Roaming").resolve("Matryoshka");
        }
        if (system.startsWith("mac")) {
            return home.resolve("Library/Application Support/Matryoshka");
        }
        return variable("XDG_CONFIG_HOME", ".config").resolve("matryoshka");
    }

    /** Hub caches in the order in which Hugging Face's own tools look. */
    List<Path> hubCaches() {
        List<Path> places = new ArrayList<>();
        add(places, "HF_HUB_CACHE", "");
        add(places, "HF_HOME", "hub");
        add(places, "XDG_CACHE_HOME", "huggingface/hub");
        places.add(home.resolve(".cache/huggingface/hub"));
        return places;
    }

    private void add(List<Path> places, String name, String below) {
        String value = environment.get(name);
        if (value != null && !value.isBlank()) {
            places.add(Path.of(value).resolve(below));
        }
    }

    private Path variable(String name, String otherwise) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? home.resolve(otherwise) : Path.of(value);
    }
}

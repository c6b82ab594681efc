package dev.matryoshka.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What the program did and what failed, in three files of at most 1 MB each that a person can read and attach to a report. It
 * tells of models, devices and errors, never a word of a chat. Loggers of the other modules are below this one.
 */
final class Log {
    private static final Logger LOG = Logger.getLogger("dev.matryoshka");
    private static final int BYTES = 1 << 20;
    private static final int FILES = 3;
    private static final String NAME = "matryoshka-%g.log"; // 0 is the newest

    static {
        LOG.setUseParentHandlers(false); // standard error is for what a person should do
    }

    private Log() {}

    /** One line for each event, and the trace of a failure below it. */
    private static final class Lines extends Formatter {
        @Override
        public String format(LogRecord event) {
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text);
            out.printf(
                    "%s %-7s %s%n",
                    event.getInstant().truncatedTo(ChronoUnit.MILLIS),
                    event.getLevel().getName(),
                    formatMessage(event));
            if (event.getThrown() != null) {
                event.getThrown().printStackTrace(out);
            }
            return text.toString();
        }
    }

    /** Writes from now on; where the folder can't be written there is no log, which {@code doctor} says. */
    static void open(Path folder) {
        if (LOG.getHandlers().length > 0) {
            return;
        }
        try {
            Files.createDirectories(folder);
            FileHandler file = new FileHandler(folder.toString().replace("%", "%%") + "/" + NAME, BYTES, FILES, true);
            file.setEncoding(StandardCharsets.UTF_8.name());
            file.setFormatter(new Lines());
            LOG.addHandler(file);
        } catch (IOException e) {
            LOG.setLevel(Level.OFF);
        }
    }

    /** Closes the files. */
    static void close() {
        for (var handler : LOG.getHandlers()) {
            LOG.removeHandler(handler);
            handler.close();
        }
    }

    static void info(String message) {
        LOG.info(message);
    }

    static void failure(String what, Throwable failure) {
        LOG.log(Level.SEVERE, what, failure);
    }

    /** The last lines that were written. */
    static List<String> tail(Path folder, int lines) {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".log"))
                    .sorted((a, b) -> b.compareTo(a)) // the oldest first
                    .toList()) {
                all.addAll(Files.readAllLines(file));
            }
        } catch (IOException e) {
            return List.of("no log: " + e);
        }
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }
}

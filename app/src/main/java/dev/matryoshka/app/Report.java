package dev.matryoshka.app;

import dev.matryoshka.engine.Version;
import dev.matryoshka.ui.settings.Help;
import java.nio.file.Path;
import java.util.Locale;

/** What a person attaches to a report: the program, the machine as {@code doctor} sees it, the end of the log. */
final class Report implements Help {
    private static final int LINES = 200;

    private final AppFolders folders;

    Report(AppFolders folders) {
        this.folders = folders;
    }

    /** The program and the machine in one line. */
    static String headline() {
        Runtime runtime = Runtime.getRuntime();
        return String.format(
                Locale.ROOT,
                "Matryoshka %s, Java %s, %s %s %s, %d processors, %d MB of heap at most",
                Version.PROGRAM,
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                runtime.availableProcessors(),
                runtime.maxMemory() >> 20);
    }

    @Override
    public Path logs() {
        return folders.logs();
    }

    @Override
    public String report() {
        String line = System.lineSeparator();
        return headline()
                + line
                + line
                + DoctorCommand.text(new Doctor(folders).findings())
                + line
                + line
                + String.join(line, Log.tail(folders.logs(), LINES))
                + line;
    }
}

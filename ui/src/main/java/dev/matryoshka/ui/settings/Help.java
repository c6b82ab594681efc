package dev.matryoshka.ui.settings;

import java.nio.file.Path;

/** What helps to find out what went wrong. */
public interface Help {
    /** The folder of the logs. */
    Path logs();

    /**
     * The program, the machine and the end of the log as text, never a word of a chat. Asks drivers: never on the UI thread.
     */
    String report();

    /** Where nothing is logged. */
    static Help none() {
        return new Help() {
            @Override
            public Path logs() {
                return Path.of("nowhere");
            }

            @Override
            public String report() {
                return "";
            }
        };
    }
}

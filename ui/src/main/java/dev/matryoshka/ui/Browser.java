package dev.matryoshka.ui;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The system's browser, and its window of files. */
public final class Browser {
    private Browser() {}

    /** Whether an address is one that a browser should be shown: answers may hold anything. */
    public static boolean opens(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        return lower.startsWith("https://") || lower.startsWith("http://") || lower.startsWith("mailto:");
    }

    /** Shows an address or a folder; without a program for it nothing happens. */
    public static void open(String address) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command = system.startsWith("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                : List.of(system.startsWith("mac") ? "open" : "xdg-open", address);
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            System.getLogger(Browser.class.getName()).log(System.Logger.Level.WARNING, "nothing opens " + address, e);
        }
    }
}

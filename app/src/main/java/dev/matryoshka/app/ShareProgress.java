package dev.matryoshka.app;

import java.io.Console;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** How far something is, on standard error: one line that is written over in a terminal, one for each tenth elsewhere. */
final class ShareProgress implements DoubleConsumer {
    private static final int BAR = 30;

    private final String what;
    private final boolean terminal =
            Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    private int shown = -1;

    ShareProgress(String what) {
        this.what = what;
    }

    @Override
    public void accept(double share) {
        int percent = (int) (100 * share);
        if (percent == shown || !terminal && percent / 10 == shown / 10 && shown >= 0) {
            return;
        }
        shown = percent;
        if (terminal) {
            int full = BAR * percent / 100;
            System.err.print("\r" + what + " [" + "#".repeat(full) + " ".repeat(BAR - full) + "] " + percent + "%"
                    + (percent == 100 ? "\n" : ""));
        } else {
            System.err.println(what + " " + percent + "%");
        }
    }
}

package dev.matryoshka.app;

import dev.matryoshka.app.hub.Pull;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** How far a model is fetched: one line that is written over in a terminal, one for each tenth elsewhere. */
final class PullProgress implements Pull.Progress {
    private static final double SHOWN_NANOS = 0.5e9;

    private final String name;
    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private long before = -1;
    private long shown;
    private int tenth = -1;

    PullProgress(String name, PrintStream out, boolean terminal) {
        this.name = name;
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void onBytes(long done, long total) {
        if (before < 0) {
            before = done;
        }
        long now = System.nanoTime();
        int tenths = total == 0 ? 10 : (int) (10 * done / total);
        if (terminal ? now - shown < SHOWN_NANOS && done < total : tenths <= tenth) {
            return;
        }
        shown = now;
        tenth = tenths;
        out.print((terminal ? "\r" : "") + line(done, total, now - start) + (terminal ? "\033[K" : "\n"));
        out.flush();
    }

    /** {@code google/gemma-3n-E2B-it 45%, 4.90 GB of 10.88 GB, 31.2 MB/s, 3:12 left}. */
    private String line(long done, long total, long nanos) {
        double rate = nanos == 0 ? 0 : (done - before) * 1e9 / nanos;
        String text = String.format(
                Locale.ROOT,
                "%s %d%%, %s of %s",
                name,
                total == 0 ? 100 : 100 * done / total,
                Terminal.bytes(done),
                Terminal.bytes(total));
        if (rate < 1 || done == total) {
            return text;
        }
        Duration left = Duration.ofSeconds((long) ((total - done) / rate));
        String time = left.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", left.toMinutes(), left.toSecondsPart());
        return text + ", " + Terminal.bytes((long) rate) + "/s, " + time + " left";
    }

    /** After the last line. */
    void end() {
        if (terminal && shown > 0) {
            out.println();
        }
    }
}

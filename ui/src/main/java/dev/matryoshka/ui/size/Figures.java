package dev.matryoshka.ui.size;

import java.util.Locale;

/** Counts and bytes as people read them. */
public final class Figures {
    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    private Figures() {}

    /** {@code 2.98 B}, {@code 3.9 M}. */
    public static String parameters(long count) {
        return count >= GIGA
                ? String.format(Locale.ROOT, "%.2f B", count / GIGA)
                : String.format(Locale.ROOT, "%.2f M", count / MEGA);
    }

    /** {@code 1.47 GB}, {@code 7.8 MB}, {@code 41 KB}. */
    public static String bytes(long count) {
        if (count < MEGA / 10) {
            return String.format(Locale.ROOT, "%.0f KB", count / KILO);
        }
        return count >= GIGA
                ? String.format(Locale.ROOT, "%.2f GB", count / GIGA)
                : String.format(Locale.ROOT, "%.1f MB", count / MEGA);
    }
}

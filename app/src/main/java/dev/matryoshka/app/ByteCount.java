package dev.matryoshka.app;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: {@code 1.5GB}, {@code 800 MB}, {@code 2GiB}. */
final class ByteCount {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*([KMGT]I?)?B", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Double> UNITS = Map.of(
            "", 1.0, "K", 1e3, "M", 1e6, "G", 1e9, "T", 1e12, "KI", 0x1p10, "MI", 0x1p20, "GI", 0x1p30, "TI", 0x1p40);

    private ByteCount() {}

    /** The bytes; empty where the text says something else. */
    static OptionalLong parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
        return OptionalLong.of(Math.round(Double.parseDouble(matcher.group(1)) * UNITS.getOrDefault(unit, 1.0)));
    }
}

package dev.matryoshka.ui.size;

import java.util.Comparator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Tokens per second of any size, from what answers of some took on this device since the program began. A decoded token
 * reads each weight once, so a size that was not measured is taken to be as much slower than the nearest one as it has
 * more bytes.
 */
final class MeasuredSpeed {
    private final Map<Long, Tally> byBytes = new TreeMap<>();

    /** Tokens and their seconds; what came before counts half each time. */
    private record Tally(double tokens, double seconds) {
        Tally plus(Tally newer) {
            return new Tally(tokens / 2 + newer.tokens, seconds / 2 + newer.seconds);
        }
    }

    /**
     * An answer of one size all through.
     *
     * @param deviceBytes of that size
     * @param tokens decoded after the first
     */
    void add(long deviceBytes, int tokens, double tokensPerSecond) {
        byBytes.merge(deviceBytes, new Tally(tokens, tokens / tokensPerSecond), Tally::plus);
    }

    /** Another model or device answers from now on. */
    void forget() {
        byBytes.clear();
    }

    /** Empty before anything was measured. */
    OptionalDouble tokensPerSecond(long deviceBytes) {
        return byBytes.entrySet().stream()
                .min(Comparator.comparingLong(e -> Math.abs(e.getKey() - deviceBytes)))
                .map(e -> OptionalDouble.of(e.getValue().tokens() / e.getValue().seconds() * e.getKey() / deviceBytes))
                .orElse(OptionalDouble.empty());
    }
}

package dev.matryoshka.engine.backend;

/**
 * A gated feed-forward block.
 *
 * @param gate [width, hidden]
 * @param up [width, hidden]
 * @param down [hidden, width]
 */
public record FfnWeights(DeviceTensor gate, DeviceTensor up, DeviceTensor down) {
    /** The nested block of the first {@code width} hidden units: a view, nothing is copied. */
    public FfnWeights narrow(int width) {
        return new FfnWeights(gate.rows(0, width), up.rows(0, width), down.columns(0, width));
    }

    /** Hidden units. */
    public int width() {
        return gate.rows();
    }
}

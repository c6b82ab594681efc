package dev.matryoshka.engine.backend;

/**
 * What varies between two runs of one program.
 *
 * <p>A program is recorded for a capacity of rows and run on {@code tokens} of them: every operation works on the first
 * {@code min(rows, tokens)} rows of its output. The live rows are the last positions of the step, so row r of R live
 * rows stands at position {@code position + tokens - R + r}; a tensor of one row therefore is the step's last token.
 *
 * @param position position in the conversation of the step's first token
 * @param tokens tokens in this step
 */
public record StepParams(int position, int tokens) {
    /** For programs without a token axis (the towers): every row is live. */
    public static final StepParams ALL = new StepParams(0, Integer.MAX_VALUE);

    public StepParams {
        if (position < 0 || tokens < 1) {
            throw new IllegalArgumentException("position " + position + ", tokens " + tokens);
        }
    }

    /** How many rows of a tensor are live. */
    public int live(int rows) {
        return Math.min(rows, tokens);
    }

    /** Position of the first live row of a tensor. */
    public int firstPosition(int rows) {
        return position + tokens - live(rows);
    }
}

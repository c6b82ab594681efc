package dev.matryoshka.engine.cpu;

/** A product of four rows of x with some rows of w that were decoded into a panel; its sums stay in registers. */
interface Tile {
    /** Rows of x. */
    int ROWS = 4;

    /** Values in a panel at most. */
    int PANEL = 1 << 15;

    /** Rows of w, which are columns of the result. */
    int columns();

    /** Values of a row that a panel takes at most; whole blocks of every stored type. */
    int depth();

    /**
     * Decodes rows of w.
     *
     * @param column the first row of w
     * @param columns how many, {@link #columns()} at most; what the panel has beyond is left as it is
     * @param from the first of {@code count} values of each
     */
    void decode(WeightRows w, int column, int columns, int from, int count, float[] panel);

    /**
     * Multiplies.
     *
     * @param r0 where the first row of x starts; the others likewise
     * @param sums the result, [ROWS, columns()]
     */
    void multiply(float[] panel, int count, float[] x, int r0, int r1, int r2, int r3, float[] sums);
}

package dev.matryoshka.engine;

import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What is lost by storing values in a type, added up over the pieces of a matrix, which may come from several threads. */
final class QuantizationError {
    private double squares;
    private double lost;
    private double largest;

    /** Adds values and the bytes that they became. */
    void add(float[] values, DType type, byte[] stored) {
        float[] back = new Tensor("piece", type, List.of(values.length), MemorySegment.ofArray(stored)).toFloats();
        double pieceSquares = 0;
        double pieceLost = 0;
        double pieceLargest = 0;
        for (int i = 0; i < values.length; i++) {
            double off = Math.abs((double) back[i] - values[i]);
            pieceSquares += (double) values[i] * values[i];
            pieceLost += off * off;
            pieceLargest = Math.max(pieceLargest, off);
        }
        synchronized (this) {
            squares += pieceSquares;
            lost += pieceLost;
            largest = Math.max(largest, pieceLargest);
        }
    }

    /** Root mean square of what was lost over that of the values; 0 for zeros. */
    synchronized double relative() {
        return squares == 0 ? 0 : Math.sqrt(lost / squares);
    }

    synchronized double largest() {
        return largest;
    }
}

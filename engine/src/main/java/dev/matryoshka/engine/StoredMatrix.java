package dev.matryoshka.engine;

import dev.matryoshka.engine.weights.DType;

/**
 * What became of a matrix in a file.
 *
 * @param name in the file
 * @param from its type before
 * @param wanted the type that was asked for
 * @param type the type it has: another one where its rows are no whole blocks of what was asked for
 * @param relativeError root mean square of what was lost, over that of the values; NaN where it was not measured
 * @param largestError the most that a value is off
 */
public record StoredMatrix(
        String name, DType from, DType wanted, DType type, double relativeError, double largestError) {}

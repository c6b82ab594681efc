package dev.matryoshka.engine.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Lanes are columns of the result: w is transposed while it is decoded, and a value of x multiplies four vectors of it.
 * What decoding costs many rows of x have to pay back; the depth may be small.
 */
final class OuterTile implements Tile {
    private static final VectorSpecies<Float> F = VectorKernels.F;
    private static final int LANES = F.length();
    private static final int COLUMNS = 4 * LANES;
    private static final int DEPTH = 512;
    private static final ThreadLocal<float[]> ROW = ThreadLocal.withInitial(() -> new float[DEPTH]);

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public int depth() {
        return DEPTH;
    }

    @Override
    public void decode(WeightRows w, int column, int columns, int from, int count, float[] panel) {
        float[] row = ROW.get();
        for (int c = 0; c < columns; c++) {
            w.unpack(column + c, from, count, row, 0);
            for (int k = 0; k < count; k++) {
                panel[k * COLUMNS + c] = row[k];
            }
        }
    }

    @Override
    public void multiply(float[] panel, int count, float[] x, int r0, int r1, int r2, int r3, float[] sums) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        for (int k = 0; k < count; k++) {
            FloatVector w0 = FloatVector.fromArray(F, panel, k * COLUMNS + 0 * LANES);
            FloatVector w1 = FloatVector.fromArray(F, panel, k * COLUMNS + 1 * LANES);
            FloatVector w2 = FloatVector.fromArray(F, panel, k * COLUMNS + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(F, panel, k * COLUMNS + 3 * LANES);
            FloatVector v = FloatVector.broadcast(F, x[r0 + k]);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            s02 = v.fma(w2, s02);
            s03 = v.fma(w3, s03);
            v = FloatVector.broadcast(F, x[r1 + k]);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            s12 = v.fma(w2, s12);
            s13 = v.fma(w3, s13);
            v = FloatVector.broadcast(F, x[r2 + k]);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            s22 = v.fma(w2, s22);
            s23 = v.fma(w3, s23);
            v = FloatVector.broadcast(F, x[r3 + k]);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
            s32 = v.fma(w2, s32);
            s33 = v.fma(w3, s33);
        }
        s00.intoArray(sums, 0 * LANES);
        s01.intoArray(sums, 1 * LANES);
        s02.intoArray(sums, 2 * LANES);
        s03.intoArray(sums, 3 * LANES);
        s10.intoArray(sums, 4 * LANES);
        s11.intoArray(sums, 5 * LANES);
        s12.intoArray(sums, 6 * LANES);
        s13.intoArray(sums, 7 * LANES);
        s20.intoArray(sums, 8 * LANES);
        s21.intoArray(sums, 9 * LANES);
        s22.intoArray(sums, 10 * LANES);
        s23.intoArray(sums, 11 * LANES);
        s30.intoArray(sums, 12 * LANES);
        s31.intoArray(sums, 13 * LANES);
        s32.intoArray(sums, 14 * LANES);
        s33.intoArray(sums, 15 * LANES);
    }
}

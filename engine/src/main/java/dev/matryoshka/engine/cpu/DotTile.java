package dev.matryoshka.engine.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Lanes are depth: rows of w stay as they are, and the lanes of sixteen sums are added up at the end. Decoding is cheap, so a
 * few rows of x are enough; the depth has to pay for the sums.
 */
final class DotTile implements Tile {
    private static final VectorSpecies<Float> F = VectorKernels.F;
    private static final int LANES = F.length();
    private static final int COLUMNS = 4;
    private static final int DEPTH = 1024;

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
        for (int c = 0; c < columns; c++) {
            w.unpack(column + c, from, count, panel, c * DEPTH);
        }
    }

    @Override
    public void multiply(float[] panel, int count, float[] x, int r0, int r1, int r2, int r3, float[] sums) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector w0 = FloatVector.fromArray(F, panel, 0 * DEPTH + i);
            FloatVector w1 = FloatVector.fromArray(F, panel, 1 * DEPTH + i);
            FloatVector w2 = FloatVector.fromArray(F, panel, 2 * DEPTH + i);
            FloatVector w3 = FloatVector.fromArray(F, panel, 3 * DEPTH + i);
            FloatVector v = FloatVector.fromArray(F, x, r0 + i);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            s02 = v.fma(w2, s02);
            s03 = v.fma(w3, s03);
            v = FloatVector.fromArray(F, x, r1 + i);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            s12 = v.fma(w2, s12);
            s13 = v.fma(w3, s13);
            v = FloatVector.fromArray(F, x, r2 + i);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            s22 = v.fma(w2, s22);
            s23 = v.fma(w3, s23);
            v = FloatVector.fromArray(F, x, r3 + i);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
            s32 = v.fma(w2, s32);
            s33 = v.fma(w3, s33);
        }
        sums[0] = s00.reduceLanes(VectorOperators.ADD);
        sums[1] = s01.reduceLanes(VectorOperators.ADD);
        sums[2] = s02.reduceLanes(VectorOperators.ADD);
        sums[3] = s03.reduceLanes(VectorOperators.ADD);
        sums[4] = s10.reduceLanes(VectorOperators.ADD);
        sums[5] = s11.reduceLanes(VectorOperators.ADD);
        sums[6] = s12.reduceLanes(VectorOperators.ADD);
        sums[7] = s13.reduceLanes(VectorOperators.ADD);
        sums[8] = s20.reduceLanes(VectorOperators.ADD);
        sums[9] = s21.reduceLanes(VectorOperators.ADD);
        sums[10] = s22.reduceLanes(VectorOperators.ADD);
        sums[11] = s23.reduceLanes(VectorOperators.ADD);
        sums[12] = s30.reduceLanes(VectorOperators.ADD);
        sums[13] = s31.reduceLanes(VectorOperators.ADD);
        sums[14] = s32.reduceLanes(VectorOperators.ADD);
        sums[15] = s33.reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            for (int c = 0; c < COLUMNS; c++) {
                float value = panel[c * DEPTH + i];
                sums[c] += value * x[r0 + i];
                sums[4 + c] += value * x[r1 + i];
                sums[8 + c] += value * x[r2 + i];
                sums[12 + c] += value * x[r3 + i];
            }
        }
    }
}

package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.AltUpSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.StepParams;
import java.util.List;

/** What stands between a decoder layer's products. */
final class LayerCases {
    private static final double CLOSE = 5e-5;
    private static final float EPS = 1e-6f;
    private static final StepParams[] SOME = {new StepParams(0, 3)};

    private final ParityCases.Adder add;

    private LayerCases(ParityCases.Adder add) {
        this.add = add;
    }

    static void addTo(ParityCases.Adder add) {
        LayerCases all = new LayerCases(add);
        for (int hidden : new int[] {1, 67, 128, 2048}) {
            all.streams(4, 1, hidden, true);
            all.joins(hidden);
        }
        all.streams(1, 0, 96, true);
        all.streams(3, 2, 70, false);
        all.heads();
    }

    private void streams(int n, int active, int hidden, boolean scaled) {
        add.add("a layer's ends, " + n + " streams of " + hidden, SOME, CLOSE, b -> {
            AltUpSpec altup = new AltUpSpec(
                    active,
                    EPS,
                    b.small(1, hidden),
                    b.small(n, hidden),
                    b.small(n * n, n),
                    b.small(n, n),
                    scaled ? b.small(1, hidden) : null);
            AltUpSpec.Scratch scratch = new AltUpSpec.Scratch(b.scratch(4, n), b.scratch(4, n * n));
            List<DeviceTensor> streams = b.streams(n, 4, hidden);
            List<DeviceTensor> predictions = b.streams(n, 4, hidden);
            DeviceTensor normed = b.matrix(4, hidden);
            DeviceTensor norm = b.small(1, hidden);
            DeviceTensor update = b.matrix(4, hidden);
            DeviceTensor x = b.scratch(4, hidden);
            DeviceTensor y = b.scratch(4, hidden);
            DeviceTensor out = b.matrix(4, hidden);
            return ops -> {
                ops.enterLayer(predictions, normed, streams, altup, norm, scratch);
                ops.scale(x, update, 2);
                ops.scale(y, update, -3);
                ops.leaveLayer(predictions, out, x, y, norm, altup, scratch);
                ops.scale(x, update, 4);
                ops.addNormed(predictions, x, norm, EPS);
            };
        });
    }

    private void joins(int hidden) {
        add.add("joinAttention " + hidden, SOME, CLOSE, b -> {
            DeviceTensor out = b.matrix(4, hidden);
            DeviceTensor normed = b.matrix(4, hidden);
            DeviceTensor x = b.matrix(4, hidden);
            DeviceTensor update = b.matrix(4, hidden);
            DeviceTensor attention = b.scratch(4, hidden);
            DeviceTensor laurel = b.scratch(4, hidden);
            List<DeviceTensor> norms = List.of(b.small(1, hidden), b.small(1, hidden), b.small(1, hidden));
            return ops -> {
                ops.scale(attention, update, 2);
                ops.scale(laurel, update, -3);
                ops.joinAttention(out, normed, x, attention, laurel, norms, EPS);
            };
        });
    }

    private void heads() {
        for (int headDim : new int[] {2, 32, 40, 256}) {
            add.add(
                    "heads of " + headDim,
                    new StepParams[] {new StepParams(30, 3), new StepParams(33, 4)},
                    CLOSE,
                    b -> {
                        DeviceTensor q = b.matrix(4, 3 * headDim);
                        DeviceTensor first = b.matrix(4, headDim);
                        DeviceTensor k = b.scratch(4, headDim);
                        DeviceTensor v = b.scratch(4, headDim);
                        DeviceTensor keys = b.matrix(5, headDim);
                        DeviceTensor values = b.matrix(5, headDim);
                        DeviceTensor norm = b.small(1, headDim);
                        return ops -> {
                            ops.normRope(q, norm, headDim, 1e4f, EPS);
                            ops.scale(k, first, 2);
                            ops.scale(v, first, -3);
                            ops.storeKeys(keys, k, norm, headDim, 1e6f, EPS);
                            ops.storeValues(values, v, headDim, EPS);
                        };
                    });
        }
    }
}

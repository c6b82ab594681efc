package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.weights.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every operation in sizes that tend to break: 1, odd ones, block edges, a chunk and more, fewer live rows than rows. */
public final class ParityCases {
    private static final double CLOSE = 2e-5;
    private static final StepParams[] ALL = {StepParams.ALL};

    private final List<ParityCase> cases = new ArrayList<>();

    private ParityCases() {}

    /** All of them with weights of the types that are read most, products with those of every type. */
    public static List<ParityCase> all() {
        List<DType> most = List.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0);
        List<DType> others =
                DType.weights().stream().filter(t -> !most.contains(t)).toList();
        return Stream.concat(of(most).stream(), products(others).stream()).toList();
    }

    /** Products with weights of the given types: one row, a few, many; views that start and end at blocks. */
    public static List<ParityCase> products(List<DType> types) {
        ParityCases all = new ParityCases();
        for (DType type : types) {
            for (int[] size : FEW_PRODUCTS) {
                all.product(type, size, new Epilogue(0.5f, Activation.GELU_TANH));
            }
            all.narrowed(type);
        }
        return List.copyOf(all.cases);
    }

    /** All of them, with weights of the given types. */
    public static List<ParityCase> of(List<DType> types) {
        ParityCases all = new ParityCases();
        types.forEach(all::products);
        types.forEach(all::feedForward);
        all.normsAndElements();
        all.attention();
        all.streams();
        LayerCases.addTo(all::add);
        all.rowsAndPlaces();
        PictureCases.addTo(all.cases);
        SoundCases.addTo(all.cases);
        return List.copyOf(all.cases);
    }

    /** Takes a case, with aligned rows and without. */
    @FunctionalInterface
    interface Adder {
        void add(String name, StepParams[] steps, double tolerance, ParityCase.Body body);
    }

    /** A few that run in a moment: products with one vector and with a chunk of them. */
    static List<ParityCase> few() {
        return of(List.of(DType.BF16, DType.Q4_0)).stream()
                .filter(c -> c.name().matches("matmul (BF16|Q4_0) (1 x 2048 x 70|64 x 160 x 64)"))
                .toList();
    }

    private void add(String name, StepParams[] steps, double tolerance, ParityCase.Body body) {
        cases.add(new ParityCase(name, steps, 32, tolerance, body));
        cases.add(new ParityCase(name + ", odd strides", steps, 3, tolerance, body));
    }

    /** rows, depth, columns. */
    private static final int[][] PRODUCTS = {
        {1, 32, 1}, {1, 256, 33}, {1, 2048, 70}, {2, 64, 5}, {3, 96, 130}, {9, 64, 65}, {64, 160, 64}, {131, 96, 67}
    };

    private static final int[][] FEW_PRODUCTS = {{1, 2048, 70}, {2, 256, 33}, {5, 96, 130}, {66, 160, 67}};

    private static final int[][] ODD_PRODUCTS = {{1, 1, 1}, {1, 27, 40}, {7, 33, 9}, {65, 19, 66}};

    private void products(DType type) {
        for (int[] size : PRODUCTS) {
            product(type, size, new Epilogue(0.5f, Activation.GELU_TANH));
        }
        if (!type.isQuantized()) {
            for (int[] size : ODD_PRODUCTS) {
                product(type, size, Epilogue.NONE);
            }
        }
        narrowed(type);
    }

    private void narrowed(DType type) {
        int unit = Math.max(32, type.blockElements());
        add("matmul " + type + " narrowed", ALL, CLOSE * Math.sqrt(unit / 32.0), b -> {
            DeviceTensor x = b.matrix(3, 3 * unit);
            DeviceTensor out = b.matrix(3, 20);
            DeviceTensor w = b.weight(type, 40, 5 * unit).rows(7, 20).columns(unit, 3 * unit);
            return ops -> ops.matmul(out, x, w, Epilogue.scale(2));
        });
    }

    private void product(DType type, int[] size, Epilogue epilogue) {
        int depth = (size[1] + type.blockElements() - 1) / type.blockElements() * type.blockElements();
        String name = String.format(Locale.ROOT, "matmul %s %d x %d x %d", type, size[0], depth, size[2]);
        StepParams[] steps = size[0] == 1 ? ALL : new StepParams[] {new StepParams(0, size[0] - 1)};
        add(name, steps, CLOSE * Math.sqrt(depth), b -> {
            DeviceTensor x = b.matrix(size[0], depth);
            DeviceTensor out = b.matrix(size[0], size[2]);
            DeviceTensor w = b.weight(type, size[2], depth);
            return ops -> ops.matmul(out, x, w, epilogue);
        });
    }

    private void feedForward(DType type) {
        int hidden = Math.max(64, type.blockElements());
        for (int rows : new int[] {1, 5, 66}) {
            for (float sparsity : new float[] {0, 0.95f}) {
                add(
                        "gatedFfn " + type + " " + rows + " rows, sparsity " + sparsity,
                        ALL,
                        type.isQuantized() ? 1.5e-3 * hidden / 64 : 1e-4, // rows of 16 bits, see decision 5
                        b -> {
                            DeviceTensor x = b.matrix(rows, hidden);
                            DeviceTensor out = b.matrix(rows, hidden);
                            FfnWeights w = new FfnWeights(
                                    b.weight(type, 4 * hidden, hidden),
                                    b.weight(type, 4 * hidden, hidden),
                                    b.weight(type, hidden, 4 * hidden));
                            DeviceTensor all = b.scratch(2 * rows, 4 * hidden);
                            return ops -> ops.gatedFfn(
                                    out, x, w.narrow(3 * hidden), all.rows(0, rows), all.rows(rows, rows), sparsity);
                        });
            }
        }
    }

    private void normsAndElements() {
        for (int width : new int[] {1, 5, 64, 2048}) {
            add("rmsNorm " + width, ALL, CLOSE, b -> {
                DeviceTensor x = b.matrix(3, 2 * width, 3);
                DeviceTensor w = b.weight(DType.BF16, 1, width);
                DeviceTensor out = b.matrix(3, 2 * width);
                return ops -> {
                    ops.rmsNorm(out, x, w, width, 1e-6f);
                    ops.rmsNorm(x, x, null, width, 1e-6f);
                };
            });
            add("softmax " + width, ALL, CLOSE, b -> {
                DeviceTensor x = b.matrix(4, width, 30);
                return ops -> ops.softmax(x);
            });
            add("gaussianTopK " + width, ALL, CLOSE, b -> {
                DeviceTensor x = b.matrix(4, width, 3);
                return ops -> ops.gaussianTopK(x, 0.75f);
            });
            add("matchMagnitude " + width, ALL, CLOSE, b -> {
                DeviceTensor x = b.matrix(4, width, 3);
                DeviceTensor like = b.matrix(4, width);
                return ops -> ops.matchMagnitude(x, like, 1e-5f);
            });
        }
        for (int columns : new int[] {1, 7, 131}) {
            add("blockMaxima " + columns, new StepParams[] {new StepParams(0, 2)}, 0, b -> {
                DeviceTensor x = b.matrix(3, columns, 30);
                DeviceTensor out = b.matrix(3, (columns + 6) / 7);
                return ops -> ops.blockMaxima(out, x, 7);
            });
        }
        cases.add(new ParityCase("blockMaxima without numbers", ALL, 3, 0, b -> {
            DeviceTensor x = b.row(1, Float.NaN, 3, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, -1, Float.NaN, 9);
            DeviceTensor out = b.matrix(1, 4);
            return ops -> ops.blockMaxima(out, x, 2);
        }));
        for (Activation activation : Activation.values()) {
            add("activate " + activation, ALL, 1e-6, b -> {
                DeviceTensor x = b.matrix(5, 133, 30);
                DeviceTensor out = b.matrix(5, 133);
                return ops -> ops.activate(out, x, activation);
            });
            cases.add(new ParityCase("activate " + activation + " without numbers", ALL, 3, 1e-6, b -> {
                DeviceTensor x = b.row(Float.NaN, Float.POSITIVE_INFINITY, 1e30f, -1e30f, 0, 1e-30f);
                return ops -> ops.activate(x, x, activation);
            }));
        }
        add("add, multiply, scale, softCap, clamp", new StepParams[] {new StepParams(3, 6)}, 1e-6, b -> {
            DeviceTensor x = b.matrix(7, 131);
            DeviceTensor y = b.matrix(7, 131);
            DeviceTensor row = b.matrix(1, 131);
            DeviceTensor w = b.weight(DType.BF16, 1, 131);
            DeviceTensor f16 = b.weight(DType.F16, 1, 131);
            return ops -> {
                ops.add(x, x, y);
                ops.multiply(y, y, row);
                ops.multiply(x, x, w);
                ops.add(y, y, f16);
                ops.scale(x, x, 3);
                ops.softCap(x, 2);
                ops.clamp(y, 0.5f);
            };
        });
        cases.add(new ParityCase("what is no number stays none", ALL, 3, 1e-6, b -> {
            DeviceTensor x = b.row(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1, 2, 3);
            DeviceTensor y = b.row(Float.NaN, 1, 2, 3, 4, 5);
            DeviceTensor z = b.row(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1, -2, 3);
            return ops -> {
                ops.scale(x, x, 2);
                ops.gaussianTopK(y, 0.5f);
                ops.clamp(z, 1.5f);
            };
        }));
    }

    private void attention() {
        StepParams[] growing = {new StepParams(0, 5), new StepParams(5, 9), new StepParams(14, 1), new StepParams(15, 9)
        };
        for (int[] s : new int[][] {{1, 1, 8, 100}, {4, 2, 32, 7}, {8, 2, 256, 24}, {3, 3, 40, 1}}) {
            String name = "attention " + s[0] + "/" + s[1] + " heads of " + s[2] + ", window " + s[3];
            add(name, growing, 1e-4, b -> {
                DeviceTensor q = b.matrix(9, s[0] * s[2]);
                DeviceTensor k = b.matrix(9, s[1] * s[2]);
                DeviceTensor v = b.matrix(9, s[1] * s[2]);
                int capacity = Math.min(s[3] + 8, 33);
                DeviceTensor keys = b.matrix(capacity, s[1] * s[2]);
                DeviceTensor values = b.matrix(capacity, s[1] * s[2]);
                DeviceTensor out = b.matrix(9, s[0] * s[2]);
                DeviceTensor last = b.matrix(1, s[0] * s[2]);
                AttentionSpec spec = new AttentionSpec(s[0], s[1], s[2], s[3], 0.7f);
                return ops -> {
                    ops.rope(q, s[2], 1e4f);
                    ops.rope(k, s[2], 1e6f);
                    ops.store(keys, k);
                    ops.store(values, v);
                    ops.attention(out, q, keys, values, spec);
                    ops.attention(last, q.rows(0, 1), keys, values, spec);
                };
            });
        }
        StepParams[] far = {new StepParams(0, 5), new StepParams(130, 9), new StepParams(397, 9), new StepParams(700, 1)
        };
        for (int window : new int[] {300, Integer.MAX_VALUE}) {
            add("attention over many keys, window " + window, far, 1e-4, b -> {
                DeviceTensor q = b.matrix(9, 512);
                DeviceTensor keys = b.matrix(320, 128);
                DeviceTensor values = b.matrix(320, 128);
                DeviceTensor out = b.matrix(9, 512);
                DeviceTensor last = b.matrix(1, 512);
                AttentionSpec spec = new AttentionSpec(8, 2, 64, Math.min(window, 320), 0.3f);
                return ops -> {
                    ops.attention(out, q, keys, values, spec);
                    ops.attention(last, q.rows(0, 1), keys, values, spec);
                };
            });
        }
        cases.add(new ParityCase("rope far away", new StepParams[] {new StepParams(32_000, 7)}, 3, 3e-5, b -> {
            DeviceTensor x = b.matrix(7, 512);
            return ops -> ops.rope(x, 256, 1e4f);
        }));
    }

    private void streams() {
        for (int n : new int[] {1, 2, 4}) {
            add("AltUp with " + n + " streams", new StepParams[] {new StepParams(0, 3)}, CLOSE, b -> {
                List<DeviceTensor> x = b.streams(n, 4, 67);
                List<DeviceTensor> out = b.streams(n, 4, 67);
                DeviceTensor coefs = b.matrix(4, n * n);
                DeviceTensor activated = b.matrix(4, 67);
                DeviceTensor mean = b.matrix(4, 67);
                return ops -> {
                    ops.altupPredict(out, x, coefs);
                    ops.altupCorrect(out, activated, n - 1, coefs.columns(0, n));
                    ops.mean(mean, out);
                };
            });
        }
    }

    private void rowsAndPlaces() {
        add("lastRow, everyNthRow, transpose, scaleRows", ALL, 0, b -> {
            DeviceTensor x = b.matrix(9, 33);
            DeviceTensor last = b.matrix(1, 33);
            DeviceTensor third = b.matrix(3, 33);
            DeviceTensor turned = b.matrix(33, 9);
            DeviceTensor factors = b.matrix(1, 9);
            return ops -> {
                ops.lastRow(last, x);
                ops.everyNthRow(third, x, 3);
                ops.transpose(turned, x);
                ops.scaleRows(x, factors);
            };
        });
        add("lastRow of fewer", new StepParams[] {new StepParams(2, 4)}, 0, b -> {
            DeviceTensor x = b.matrix(9, 33);
            DeviceTensor last = b.matrix(1, 33);
            return ops -> ops.lastRow(last, x);
        });
    }
}

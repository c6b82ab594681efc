package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.WindowSpec;
import dev.matryoshka.engine.weights.DType;
import java.util.List;

/** What only the vision tower asks for. */
final class PictureCases {
    private static final StepParams[] ALL = {StepParams.ALL};

    private PictureCases() {}

    static void addTo(List<ParityCase> cases) {
        for (int[] s : new int[][] {{7, 5, 3, 1}, {8, 9, 5, 2}, {6, 6, 3, 2}, {1, 1, 5, 1}}) {
            WindowSpec window = WindowSpec.same(s[0], s[1], s[2], s[3]);
            String name = s[0] + " x " + s[1] + ", window " + s[2] + ", stride " + s[3];
            cases.add(new ParityCase("depthwiseConv2d " + name, ALL, 3, 1e-5, b -> {
                DeviceTensor x = b.matrix(s[0] * s[1], 37);
                DeviceTensor out = b.matrix(window.outPixels(), 37);
                DeviceTensor w = b.weight(DType.BF16, s[2] * s[2], 37);
                return ops -> ops.depthwiseConv2d(out, x, w, window);
            }));
            for (int channels : new int[] {3, 32}) {
                cases.add(new ParityCase("conv2d of " + channels + " channels " + name, ALL, 32, 1e-4, b -> {
                    int taps = s[2] * s[2] * channels;
                    DeviceTensor x = b.matrix(s[0] * s[1], channels);
                    DeviceTensor out = b.matrix(window.outPixels(), 20);
                    DeviceTensor w = b.weight(DType.BF16, 20, taps);
                    DeviceTensor patches = b.scratch(10, taps);
                    return ops -> ops.conv2d(out, x, w, window, patches);
                }));
            }
        }
        cases.add(new ParityCase("unfold from the middle", ALL, 3, 0, b -> {
            DeviceTensor x = b.matrix(35, 4);
            DeviceTensor out = b.matrix(10, 36);
            return ops -> ops.unfold(out, x, WindowSpec.same(7, 5, 3, 1), 17);
        }));
        cases.add(new ParityCase("averagePool2d", ALL, 3, 1e-5, b -> {
            DeviceTensor x = b.matrix(64, 9);
            DeviceTensor out = b.matrix(16, 9);
            return ops -> ops.averagePool2d(out, x, new WindowSpec(8, 8, 4, 4, 2, 2, 2, 2, 0, 0));
        }));
        for (int[] s : new int[][] {{4, 4, 8, 8}, {8, 6, 3, 5}, {1, 1, 4, 4}, {5, 5, 5, 5}}) {
            cases.add(new ParityCase("resize " + s[0] + " to " + s[2], ALL, 3, 1e-5, b -> {
                DeviceTensor x = b.matrix(s[0] * s[1], 11);
                DeviceTensor nearest = b.matrix(s[2] * s[3], 11);
                DeviceTensor bilinear = b.matrix(s[2] * s[3], 11);
                ResizeSpec spec = new ResizeSpec(s[0], s[1], s[2], s[3]);
                return ops -> {
                    ops.resizeNearest(nearest, x, spec);
                    ops.resizeBilinear(bilinear, x, spec);
                };
            }));
        }
        cases.add(new ParityCase("multiQueryAttention", ALL, 32, 1e-4, b -> {
            DeviceTensor q = b.matrix(70, 64);
            DeviceTensor k = b.matrix(49, 64);
            DeviceTensor v = b.matrix(49, 64);
            DeviceTensor out = b.matrix(70, 64);
            DeviceTensor scores = b.scratch(32, 49);
            DeviceTensor turned = b.scratch(64, 49);
            return ops -> ops.multiQueryAttention(out, q, k, v, scores, turned);
        }));
    }
}

package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.weights.DType;
import java.util.Arrays;
import java.util.List;

/** What only the audio tower asks for. */
final class SoundCases {
    private static final StepParams[] ALL = {StepParams.ALL};

    private SoundCases() {}

    static void addTo(List<ParityCase> cases) {
        for (int frames : new int[] {1, 13, 40}) {
            cases.add(new ParityCase("localAttention of " + frames, ALL, 3, 1e-4, b -> {
                DeviceTensor q = b.matrix(frames, 80, 2);
                DeviceTensor k = b.matrix(frames, 80, 2);
                DeviceTensor v = b.matrix(frames, 80);
                DeviceTensor positions = b.matrix(13, 80);
                float[] valid = new float[frames];
                Arrays.fill(valid, 0, Math.max(1, frames - 3), 1);
                DeviceTensor mask = b.row(valid);
                DeviceTensor out = b.matrix(frames, 80);
                LocalAttentionSpec spec = new LocalAttentionSpec(4, 20, 12, 12, 0, 50);
                return ops -> ops.localAttention(out, q, k, v, positions, mask, spec);
            }));
            cases.add(new ParityCase("depthwiseConv1d over " + frames, ALL, 3, 1e-5, b -> {
                DeviceTensor x = b.matrix(frames, 45);
                DeviceTensor out = b.matrix(frames, 45);
                DeviceTensor w = b.weight(DType.F16, 5, 45);
                return ops -> ops.depthwiseConv1d(out, x, w);
            }));
            cases.add(new ParityCase("cumulativeGroupNorm over " + frames, ALL, 3, 1e-4, b -> {
                DeviceTensor x = b.matrix(frames, 5 * 12, 3);
                DeviceTensor w = b.weight(DType.BF16, 1, 12);
                return ops -> ops.cumulativeGroupNorm(x, w, 1e-3f);
            }));
        }
        cases.add(new ParityCase("cumulativeGroupNorm over 4 s", ALL, 0, 1e-4, b -> {
            DeviceTensor x = b.matrix(200, 64 * 128, 3);
            DeviceTensor w = b.weight(DType.BF16, 1, 128);
            return ops -> ops.cumulativeGroupNorm(x, w, 1e-3f);
        }));
        cases.add(new ParityCase("glu", ALL, 3, 1e-5, b -> {
            DeviceTensor x = b.matrix(9, 66, 5);
            DeviceTensor out = b.matrix(9, 33);
            return ops -> ops.glu(out, x);
        }));
    }
}

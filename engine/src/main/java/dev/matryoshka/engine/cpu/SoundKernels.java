package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.LocalAttentionSpec;
import java.util.Arrays;

/** What only the Conformer needs. */
final class SoundKernels {
    private SoundKernels() {}

    /** Running mean and variance over time, one group; sums in double, as time may be long. */
    static void cumulativeGroupNorm(Rows x, float[] weight, float eps) {
        int width = x.columns();
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < x.count(); t++) {
            int at = x.at(t);
            sum += VectorKernels.sum(x.values(), at, width);
            double count = (t + 1.0) * width;
            float mean = (float) (sum / count);
            squares += VectorKernels.sumSquaredDeviations(x.values(), at, width, mean);
            float factor = (float) (1 / Math.sqrt(squares / count + eps));
            for (int i = 0; i < width; i++) {
                x.values()[at + i] = (x.values()[at + i] - mean) * factor * weight[i % weight.length];
            }
        }
    }

    /** One head of one frame. Frames outside the sound or marked as padding count as the least logit. */
    static void localAttention(
            Rows out, int frame, int head, Rows q, Rows k, Rows v, Rows positions, Rows valid, LocalAttentionSpec s) {
        int dim = s.headDim();
        int column = head * dim;
        int chunkStart = frame / s.chunk() * s.chunk();
        int context = s.chunk() + s.past() + s.future();
        float[] logits = new float[context];
        Arrays.fill(logits, -Float.MAX_VALUE);
        for (int j = Math.max(0, frame - s.past()); j <= Math.min(out.count() - 1, frame + s.future()); j++) {
            if (valid.values()[valid.at(0) + j] != 0) {
                float content = VectorKernels.dot(q.values(), q.at(frame) + column, k.values(), k.at(j) + column, dim);
                int distance = s.past() - (frame - j);
                float place = VectorKernels.dot(
                        q.values(), q.at(frame) + column, positions.values(), positions.at(distance) + column, dim);
                logits[j - chunkStart + s.past()] = s.cap() * (float) Math.tanh((content + place) / s.cap());
            }
        }
        VectorKernels.softmax(logits, 0, context);
        int to = out.at(frame) + column;
        Arrays.fill(out.values(), to, to + dim, 0);
        for (int i = 0; i < context; i++) {
            int j = chunkStart - s.past() + i;
            if (j >= 0 && j < out.count() && logits[i] != 0) {
                VectorKernels.axpy(out.values(), to, logits[i], v.values(), v.at(j) + column, dim);
            }
        }
    }
}

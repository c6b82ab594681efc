package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.StepParams;
import java.util.Arrays;

/** One head of one query over the ring cache: scores, softmax, weighted sum of values. */
record CachedAttention(Rows out, Rows q, Rows keys, Rows values, AttentionSpec spec) {
    void run(StepParams params, int row, int head) {
        int position = params.firstPosition(out.count()) + row;
        int seen = (int) Math.min((long) position + 1, spec.window());
        int first = position + 1 - seen;
        int width = spec.headDim();
        int kvAt = head / (spec.heads() / spec.kvHeads()) * width;
        int queryAt = q.at(row) + head * width;
        float[] scores = new float[seen];
        for (int i = 0; i < seen; i++) {
            int slot = (first + i) % keys.count();
            scores[i] =
                    spec.scale() * VectorKernels.dot(q.values(), queryAt, keys.values(), keys.at(slot) + kvAt, width);
        }
        VectorKernels.softmax(scores, 0, seen);
        int to = out.at(row) + head * width;
        Arrays.fill(out.values(), to, to + width, 0);
        for (int i = 0; i < seen; i++) {
            int slot = (first + i) % keys.count();
            VectorKernels.axpy(out.values(), to, scores[i], values.values(), values.at(slot) + kvAt, width);
        }
    }
}

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
        int slot = first % keys.count();
        int straight = Math.min(seen, keys.count() - slot); // until the ring begins again
        float[] scores = new float[seen];
        scores(scores, 0, straight, queryAt, keys.at(slot) + kvAt);
        scores(scores, straight, seen, queryAt, keys.at(0) + kvAt);
        VectorKernels.softmax(scores, 0, seen);
        int to = out.at(row) + head * width;
        Arrays.fill(out.values(), to, to + width, 0);
        weigh(to, scores, 0, straight, values.at(slot) + kvAt);
        weigh(to, scores, straight, seen, values.at(0) + kvAt);
    }

    private void scores(float[] scores, int from, int to, int queryAt, int keyAt) {
        for (int i = from; i < to; i++) {
            int at = keyAt + (i - from) * keys.stride();
            scores[i] = spec.scale() * VectorKernels.dot(q.values(), queryAt, keys.values(), at, spec.headDim());
        }
    }

    private void weigh(int to, float[] scores, int from, int end, int valueAt) {
        VectorKernels.addWeighted(
                out.values(), to, scores, from, values.values(), valueAt, values.stride(), end - from, spec.headDim());
    }
}

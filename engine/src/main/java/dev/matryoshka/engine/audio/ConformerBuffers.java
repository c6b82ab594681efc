package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.AudioConfig;

/**
 * Activations of the Conformer on T frames.
 *
 * @param valid [1, T], 1 for sound and 0 for padding; written by the host
 * @param timing embeddings of the distances, [distances, hidden]; written by the host once
 * @param positions a block's projection of them
 * @param x the residual stream, [T, hidden]
 * @param normed input of the sub-layer at work, [T, hidden]
 * @param wide [T, 4 hidden]
 * @param q [T, hidden]
 * @param k [T, hidden]
 * @param v [T, hidden]
 * @param context [T, hidden]
 */
record ConformerBuffers(
        DeviceTensor valid,
        DeviceTensor timing,
        DeviceTensor positions,
        DeviceTensor x,
        DeviceTensor normed,
        DeviceTensor wide,
        DeviceTensor q,
        DeviceTensor k,
        DeviceTensor v,
        DeviceTensor context) {
    static ConformerBuffers allocate(Workspace in, AudioConfig c, int frames) {
        int hidden = c.hiddenSize();
        int distances = ConformerBlock.past(c) + c.attentionContextRight() + 1;
        return new ConformerBuffers(
                in.allocate(1, frames),
                in.allocate(distances, hidden),
                in.allocate(distances, hidden),
                in.allocate(frames, hidden),
                in.allocate(frames, hidden),
                in.allocate(frames, 4 * hidden),
                in.allocate(frames, hidden),
                in.allocate(frames, hidden),
                in.allocate(frames, hidden),
                in.allocate(frames, hidden));
    }
}

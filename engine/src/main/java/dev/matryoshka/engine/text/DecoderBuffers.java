package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.TextConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Activations of one step, T rows each.
 *
 * @param embeddings token embeddings as they enter, [T, hidden]; written by the host
 * @param tokenPerLayer the tokens' rows of the PLE table, [T, layers * PLE width]; written by the host
 * @param perLayer per-layer inputs, [T, layers * PLE width]
 * @param streams AltUp streams between layers, [T, hidden] each
 * @param predictions AltUp predictions inside a layer, then the next layer's streams
 * @param normed input of the sub-layer at work, [T, hidden]
 * @param active hidden state of the active stream inside a layer, [T, hidden]
 * @param update what a sub-layer adds, [T, hidden]
 * @param laurel LAuReL's output, [T, hidden]
 * @param laurelLow its inner value, [T, rank]
 * @param q queries, [T, heads * headDim]
 * @param k keys, [T, kvHeads * headDim]
 * @param v values, [T, kvHeads * headDim]
 * @param context attention's output, [T, heads * headDim]
 * @param gate feed-forward gate, [T, widest layer]
 * @param up feed-forward value, [T, widest layer]
 * @param modalities AltUp router's output, [T, streams]
 * @param coefs of AltUp, [T, streams * streams]
 * @param perLayerGate [T, PLE width]
 */
record DecoderBuffers(
        DeviceTensor embeddings,
        DeviceTensor tokenPerLayer,
        DeviceTensor perLayer,
        List<DeviceTensor> streams,
        List<DeviceTensor> predictions,
        DeviceTensor normed,
        DeviceTensor active,
        DeviceTensor update,
        DeviceTensor laurel,
        DeviceTensor laurelLow,
        DeviceTensor q,
        DeviceTensor k,
        DeviceTensor v,
        DeviceTensor context,
        DeviceTensor gate,
        DeviceTensor up,
        DeviceTensor modalities,
        DeviceTensor coefs,
        DeviceTensor perLayerGate) {

    static DecoderBuffers allocate(Workspace in, TextConfig c, int rows) {
        int hidden = c.hiddenSize();
        int perLayer = c.numHiddenLayers() * c.hiddenSizePerLayerInput();
        int queries = c.numAttentionHeads() * c.headDim();
        int keys = c.numKeyValueHeads() * c.headDim();
        int n = c.altupNumInputs();
        int widest = c.intermediateSize().stream().mapToInt(i -> i).max().orElseThrow();
        return new DecoderBuffers(
                in.allocate(rows, hidden),
                in.allocate(rows, perLayer),
                in.allocate(rows, perLayer),
                streams(in, n, rows, hidden),
                streams(in, n, rows, hidden),
                in.allocate(rows, hidden),
                in.allocate(rows, hidden),
                in.allocate(rows, hidden),
                in.allocate(rows, hidden),
                in.allocate(rows, c.laurelRank()),
                in.allocate(rows, queries),
                in.allocate(rows, keys),
                in.allocate(rows, keys),
                in.allocate(rows, queries),
                in.allocate(rows, widest),
                in.allocate(rows, widest),
                in.allocate(rows, n),
                in.allocate(rows, n * n),
                in.allocate(rows, c.hiddenSizePerLayerInput()));
    }

    /** Matrices one after the other in one allocation, so that one kernel reaches them all. */
    private static List<DeviceTensor> streams(Workspace in, int count, int rows, int hidden) {
        DeviceTensor all = in.allocate(count * rows, hidden);
        return IntStream.range(0, count).mapToObj(i -> all.rows(i * rows, rows)).toList();
    }

    /** The same memory, one row high. */
    DecoderBuffers firstRow() {
        return new DecoderBuffers(
                embeddings.rows(0, 1),
                tokenPerLayer.rows(0, 1),
                perLayer.rows(0, 1),
                streams.stream().map(s -> s.rows(0, 1)).toList(),
                predictions.stream().map(s -> s.rows(0, 1)).toList(),
                normed.rows(0, 1),
                active.rows(0, 1),
                update.rows(0, 1),
                laurel.rows(0, 1),
                laurelLow.rows(0, 1),
                q.rows(0, 1),
                k.rows(0, 1),
                v.rows(0, 1),
                context.rows(0, 1),
                gate.rows(0, 1),
                up.rows(0, 1),
                modalities.rows(0, 1),
                coefs.rows(0, 1),
                perLayerGate.rows(0, 1));
    }

    /** The same memory after a layer: its predictions are the streams of the next. */
    DecoderBuffers swapped() {
        return new DecoderBuffers(
                embeddings,
                tokenPerLayer,
                perLayer,
                predictions,
                streams,
                normed,
                active,
                update,
                laurel,
                laurelLow,
                q,
                k,
                v,
                context,
                gate,
                up,
                modalities,
                coefs,
                perLayerGate);
    }
}

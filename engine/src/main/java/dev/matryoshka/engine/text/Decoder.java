package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.weights.DType;
import java.util.List;
import java.util.stream.IntStream;

/** The decoder ({@code Gemma3nTextModel}) with its head: embeddings in, logits out, any Mix-n-Match slice. */
public final class Decoder {
    private static final float MAGNITUDE_FLOOR = 1e-5f;
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    private final TextConfig config;
    private final TextWeights weights;
    private final PerLayerEmbeddings perLayer;

    /** What a step is for. */
    public enum Output {
        /** Keys and values alone: layers above the sharing point don't run. */
        CACHE_ONLY,
        /** Logits of the last token: layers above the sharing point, which store nothing, run for it alone. */
        LAST_TOKEN,
        /** Logits of every token. */
        EVERY_TOKEN
    }

    /** Sees the streams after each layer, to record more operations on them. */
    @FunctionalInterface
    public interface LayerObserver {
        /**
         * @param layer original index
         * @param streams AltUp streams, [rows, hidden] each
         */
        void afterLayer(Ops ops, int layer, List<DeviceTensor> streams);
    }

    public Decoder(TextConfig config, TextWeights weights) {
        this.config = config;
        this.weights = weights;
        perLayer = new PerLayerEmbeddings(weights.embedTokensPerLayer(), config);
    }

    /** Hyper-parameters. */
    public TextConfig config() {
        return config;
    }

    /**
     * Checks that these weights can run a slice.
     *
     * @throws InvalidSliceException they can't, with the reason
     */
    public void check(MatFormerSlice slice) {
        slice.check(config);
        for (int layer : kept(slice, 0, config.numHiddenLayers())) {
            DType type = weights.layers().downType(layer);
            int width = slice.ffn().get(layer);
            if (width % type.blockElements() != 0) {
                throw new InvalidSliceException(
                        "the slice " + slice.name() + " wants width " + width + " in layer " + layer + ", whose " + type
                                + " weights come in blocks of " + type.blockElements(),
                        "choose a multiple of " + type.blockElements());
            }
        }
    }

    /** Its layers, as far as the device holds them; whoever records or runs a step enters them first. */
    public ResidentLayers layers() {
        return weights.layers();
    }

    /** Rows of the per-layer table, for the host to gather. */
    public PerLayerEmbeddings perLayerEmbeddings() {
        return perLayer;
    }

    /**
     * Bytes of weights, keys and values that a device reads to decode the token at a position.
     *
     * @param skipsSparseRows see {@link dev.matryoshka.engine.backend.Backend#skipsSparseRows}
     */
    public long bytesRead(MatFormerSlice slice, boolean skipsSparseRows, KvCache cache, int position) {
        return new DecodeTraffic(config, weights, slice, skipsSparseRows).bytes(cache, position);
    }

    /** Records one step of a slice, which the device holds, over the given buffers. */
    public void record(
            Ops ops, StepBuffers step, KvCache cache, MatFormerSlice slice, Output output, LayerObserver observer) {
        record(ops, step, cache, slice, Adaptation.NONE, output, observer);
    }

    /** The same with adapters. */
    public void record(
            Ops ops,
            StepBuffers step,
            KvCache cache,
            MatFormerSlice slice,
            Adaptation adaptation,
            Output output,
            LayerObserver observer) {
        DecoderBuffers b = step.decoder();
        int sharing = config.firstKvSharedLayer();
        projectPerLayer(ops, b, kept(slice, 0, sharing));
        enterStreams(ops, b);
        b = layers(ops, b, cache, slice, adaptation, kept(slice, 0, sharing), observer);
        if (output == Output.CACHE_ONLY) {
            return;
        }
        if (output == Output.LAST_TOKEN) {
            b = narrow(ops, b);
        }
        projectPerLayer(ops, b, kept(slice, sharing, config.numHiddenLayers()));
        b = layers(ops, b, cache, slice, adaptation, kept(slice, sharing, config.numHiddenLayers()), observer);
        leaveStreams(ops, b);
        ops.rmsNorm(step.hidden(), b.update(), weights.norm(), config.hiddenSize(), config.rmsNormEps());
        ops.matmul(step.logits(), step.hidden(), weights.head(), Epilogue.NONE);
        if (config.finalLogitSoftcapping() > 0) {
            ops.softCap(step.logits(), config.finalLogitSoftcapping());
        }
        ops.blockMaxima(step.maxima(), step.logits(), StepBuffers.BLOCK);
    }

    private DecoderBuffers layers(
            Ops ops,
            DecoderBuffers b,
            KvCache cache,
            MatFormerSlice slice,
            Adaptation adaptation,
            List<Integer> kept,
            LayerObserver observer) {
        DecoderBuffers now = b;
        for (int layer : kept) {
            LayerWeights w = weights.layers().get(layer);
            new DecoderLayer(config, layer, slice.ffn().get(layer), w, adaptation.layer(layer)).record(ops, now, cache);
            now = now.swapped();
            observer.afterLayer(ops, layer, now.streams());
        }
        return now;
    }

    /**
     * {@code project_per_layer_inputs} for some layers: the normed projection of the embedding, plus the token's own row,
     * over the square root of 2.
     */
    private void projectPerLayer(Ops ops, DecoderBuffers b, List<Integer> layers) {
        int size = config.hiddenSizePerLayerInput();
        Epilogue scale = Epilogue.scale((float) (1 / Math.sqrt(config.hiddenSize())));
        for (int from = 0, to; from < layers.size(); from = to) { // runs of neighbours in one product
            int first = layers.get(from);
            to = from + 1;
            while (to < layers.size() && layers.get(to) == first + to - from) {
                to++;
            }
            int at = first * size;
            int count = (to - from) * size;
            DeviceTensor out = b.perLayer().columns(at, count);
            ops.matmul(out, b.embeddings(), weights.perLayerModelProjection().rows(at, count), scale);
            ops.rmsNorm(out, out, weights.perLayerProjectionNorm(), size, config.rmsNormEps());
            ops.add(out, out, b.tokenPerLayer().columns(at, count));
            ops.scale(out, out, SQRT_HALF);
        }
    }

    /** Stream 0 is the embedding, the others are projections of it brought to its magnitude. */
    private void enterStreams(Ops ops, DecoderBuffers b) {
        DeviceTensor first = b.streams().getFirst();
        ops.scale(first, b.embeddings(), 1);
        for (int i = 1; i < config.altupNumInputs(); i++) {
            DeviceTensor stream = b.streams().get(i);
            ops.matmul(stream, b.embeddings(), weights.altupProjections().get(i - 1), Epilogue.NONE);
            ops.matchMagnitude(stream, first, MAGNITUDE_FLOOR);
        }
    }

    /** The way back: the mean of stream 0 and the un-projected others, into {@code update}. */
    private void leaveStreams(Ops ops, DecoderBuffers b) {
        DeviceTensor first = b.streams().getFirst();
        for (int i = 1; i < config.altupNumInputs(); i++) {
            DeviceTensor back = b.predictions().get(i);
            ops.matmul(
                    back, b.streams().get(i), weights.altupUnembedProjections().get(i - 1), Epilogue.NONE);
            ops.matchMagnitude(back, first, MAGNITUDE_FLOOR);
        }
        ops.scale(b.predictions().getFirst(), first, 1);
        ops.mean(b.update(), b.predictions());
    }

    /** From here on only the step's last token. */
    private static DecoderBuffers narrow(Ops ops, DecoderBuffers b) {
        DecoderBuffers last = b.firstRow();
        ops.lastRow(last.embeddings(), b.embeddings());
        ops.lastRow(last.tokenPerLayer(), b.tokenPerLayer());
        for (int i = 0; i < b.streams().size(); i++) {
            ops.lastRow(last.streams().get(i), b.streams().get(i));
        }
        return last;
    }

    private static List<Integer> kept(MatFormerSlice slice, int from, int to) {
        return IntStream.range(from, to).filter(slice::keeps).boxed().toList();
    }
}

package dev.matryoshka.engine.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The closed vocabulary that the model is written in. A call records; {@link Program#run} computes. Operations run in the
 * order of their calls, and each works on the live rows of its output ({@link StepParams}). Activations are float32.
 *
 * <p>Primitives come first. A composite has a default body in primitives, which is its definition; a backend overrides
 * it where it can fuse.
 */
public interface Ops {
    /** {@code out[r, c] = epilogue(dot(x[r], w[c]))}: out [rows, n], x [rows, k], w [n, k] in its stored type. */
    void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue);

    /**
     * RMS norm of each group of {@code width} columns: {@code x / sqrt(mean(x^2) + eps) * weight}
     * ({@code Gemma3nRMSNorm}; no +1).
     *
     * @param weight [1, width], or null for none
     */
    void rmsNorm(DeviceTensor out, DeviceTensor x, @Nullable DeviceTensor weight, int width, float eps);

    /** {@code out = a + b}; b of one row is added to every row. */
    void add(DeviceTensor out, DeviceTensor a, DeviceTensor b);

    /** {@code out = a * b} element by element; b of one row multiplies every row. */
    void multiply(DeviceTensor out, DeviceTensor a, DeviceTensor b);

    /** {@code out = x * factor}. */
    void scale(DeviceTensor out, DeviceTensor x, float factor);

    /** {@code out = activation(x)}. */
    void activate(DeviceTensor out, DeviceTensor x, Activation activation);

    /** {@code x = cap * tanh(x / cap)} in place. */
    void softCap(DeviceTensor x, float cap);

    /** {@code out[0] = x[last live row]}. */
    void lastRow(DeviceTensor out, DeviceTensor x);

    /** Rotary embedding in place on every head of {@code headDim} columns ({@code apply_rotary_pos_emb}, half-rotation). */
    void rope(DeviceTensor x, int headDim, float theta);

    /** {@code cache[position % cache.rows()] = x[r]} for each live row. */
    void store(DeviceTensor cache, DeviceTensor x);

    /**
     * Causal grouped-query attention; softmax in float32 ({@code eager_attention_forward}).
     *
     * @param out [tokens, heads * headDim]
     * @param q [tokens, heads * headDim]
     * @param keys ring cache [capacity, kvHeads * headDim], this step's rows stored already
     * @param values ring cache of the same shape
     */
    void attention(DeviceTensor out, DeviceTensor q, DeviceTensor keys, DeviceTensor values, AttentionSpec spec);

    /**
     * Gaussian top-k in place: {@code relu(x - (mean + std * icdf(sparsity)))} per row, population standard deviation
     * ({@code Gemma3nTextMLP._gaussian_topk}).
     */
    void gaussianTopK(DeviceTensor x, float sparsity);

    /**
     * AltUp streams are equal matrices that lie one after the other in one allocation, {@link #altupCorrect}'s and
     * {@link #mean}'s too: {@code out[i] = x[i] + sum_j coefs[i * n + j] * x[j]}, coefs [tokens, n * n] ({@code AltUp.predict}).
     */
    void altupPredict(List<DeviceTensor> out, List<DeviceTensor> x, DeviceTensor coefs);

    /**
     * {@code predictions[i] += (activated - predictions[active]) * (coefs[i] + 1)} in place, coefs [tokens, n]
     * ({@code AltUp.correct}).
     */
    void altupCorrect(List<DeviceTensor> predictions, DeviceTensor activated, int active, DeviceTensor coefs);

    /**
     * {@code x = x * rms(like) / sqrt(max(mean(x^2), floor))} per row, in place ({@code target_magnitude} in
     * {@code Gemma3nTextModel}).
     */
    void matchMagnitude(DeviceTensor x, DeviceTensor like, float floor);

    /** {@code out = mean of the inputs}. */
    void mean(DeviceTensor out, List<DeviceTensor> inputs);

    /** {@code out[c, r] = x[r, c]}. */
    void transpose(DeviceTensor out, DeviceTensor x);

    /**
     * {@code out[r, i] = max(x[r, i * block], …)}: the largest value of each block of columns, the last one may be short; NaN
     * where a block has one.
     *
     * @param out [rows, blocks]
     */
    void blockMaxima(DeviceTensor out, DeviceTensor x, int block);

    /** Softmax of each row, in place, in float32. */
    void softmax(DeviceTensor x);

    /**
     * Patches of a picture as rows (im2col; {@code torch.nn.Unfold} with channels innermost): out [patches, kernel height *
     * kernel width * channels], x [height * width, channels], zeros outside the picture.
     *
     * @param firstPatch which patch, in row-major order of the output picture, is row 0 of out
     */
    void unfold(DeviceTensor out, DeviceTensor x, WindowSpec spec, int firstPatch);

    /** Each channel with a kernel of its own: out [pixels, c], x [pixels, c], w [kernel height * kernel width, c]. */
    void depthwiseConv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec);

    /** Mean of each window of a picture, out and x [pixels, c]; windows must lie inside ({@code avg_pool2d}). */
    void averagePool2d(DeviceTensor out, DeviceTensor x, WindowSpec spec);

    /** A picture in another size, nearest pixel ({@code interpolate(mode="nearest")}). */
    void resizeNearest(DeviceTensor out, DeviceTensor x, ResizeSpec spec);

    /** A picture in another size, bilinear, half-pixel centres ({@code interpolate(mode="bilinear")}). */
    void resizeBilinear(DeviceTensor out, DeviceTensor x, ResizeSpec spec);

    /**
     * Group norm with one group whose mean and variance run from the first time step to each ({@code
     * Gemma3nAudioCumulativeGroupNorm}), in place on x [time, features * channels], weight [channels].
     */
    void cumulativeGroupNorm(DeviceTensor x, DeviceTensor weight, float eps);

    /**
     * Attention of a Conformer block over a sliding neighbourhood of frames with relative positions and a soft cap
     * ({@code Gemma3nAudioAttention}): out, q, k, v [frames, heads * headDim], q scaled already.
     *
     * @param positions projected embeddings of the distances, [left context, heads * headDim]; row i is distance left - 1 - i
     * @param valid [1, frames], 1 for a frame of sound and 0 for padding
     */
    void localAttention(
            DeviceTensor out,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor positions,
            DeviceTensor valid,
            LocalAttentionSpec spec);

    /** {@code out = x[:, :n] * sigmoid(x[:, n:])} ({@code torch.nn.functional.glu}). */
    void glu(DeviceTensor out, DeviceTensor x);

    /** Causal convolution over rows, each column with a kernel of its own: w [kernel, columns], zeros before row 0. */
    void depthwiseConv1d(DeviceTensor out, DeviceTensor x, DeviceTensor w);

    /** {@code x = min(max(x, -limit), limit)} in place. */
    void clamp(DeviceTensor x, float limit);

    /** {@code x[r] *= factors[0, r]} in place. */
    void scaleRows(DeviceTensor x, DeviceTensor factors);

    /** {@code out[i] = x[i * step]}. */
    void everyNthRow(DeviceTensor out, DeviceTensor x, int step);

    /**
     * A convolution as products of patches, a band of them at a time: w [out channels, kernel height * kernel width * in
     * channels], channels innermost.
     *
     * @param patches scratch, [patches of a band, kernel height * kernel width * in channels]
     */
    default void conv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec, DeviceTensor patches) {
        for (int from = 0; from < out.rows(); from += patches.rows()) {
            int count = Math.min(patches.rows(), out.rows() - from);
            DeviceTensor band = patches.rows(0, count);
            unfold(band, x, spec, from);
            matmul(out.rows(from, count), band, w, Epilogue.NONE);
        }
    }

    /**
     * Multi-query attention without a mask ({@code MultiQueryAttention2d}): one head of keys and values for all queries.
     *
     * @param out [pixels * heads, headDim]
     * @param q [pixels * heads, headDim], scaled already
     * @param k [positions, headDim]
     * @param v [positions, headDim]
     * @param scores scratch, [queries of a band, positions]
     * @param transposed scratch, [headDim, positions]
     */
    default void multiQueryAttention(
            DeviceTensor out,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor scores,
            DeviceTensor transposed) {
        transpose(transposed, v);
        for (int from = 0; from < out.rows(); from += scores.rows()) {
            int count = Math.min(scores.rows(), out.rows() - from);
            DeviceTensor band = scores.rows(0, count);
            matmul(band, q.rows(from, count), k, Epilogue.NONE);
            softmax(band);
            matmul(out.rows(from, count), band, transposed, Epilogue.NONE);
        }
    }

    /** Norm of each head, then rotary embedding, in place; {@code weight} [1, headDim]. */
    default void normRope(DeviceTensor x, DeviceTensor weight, int headDim, float theta, float eps) {
        rmsNorm(x, x, weight, headDim, eps);
        rope(x, headDim, theta);
    }

    /** New keys into their cache: {@link #normRope}, then {@link #store}. */
    default void storeKeys(
            DeviceTensor cache, DeviceTensor x, DeviceTensor weight, int headDim, float theta, float eps) {
        normRope(x, weight, headDim, theta, eps);
        store(cache, x);
    }

    /** New values into their cache, normed without a weight. */
    default void storeValues(DeviceTensor cache, DeviceTensor x, int headDim, float eps) {
        rmsNorm(x, x, null, headDim, eps);
        store(cache, x);
    }

    /**
     * How a layer begins ({@code AltUp.predict}, {@code input_layernorm}): predicts every stream from all of them, and norms the
     * active prediction.
     *
     * @param predictions n streams, written
     * @param normed written, [tokens, hidden]
     * @param streams n streams
     * @param inputNorm [1, hidden]
     */
    default void enterLayer(
            List<DeviceTensor> predictions,
            DeviceTensor normed,
            List<DeviceTensor> streams,
            AltUpSpec altup,
            DeviceTensor inputNorm,
            AltUpSpec.Scratch scratch) {
        route(normed, streams.get(altup.active()), altup, scratch);
        matmul(scratch.coefs(), scratch.modalities(), altup.predictionCoefs(), Epilogue.NONE);
        altupPredict(predictions, streams, scratch.coefs());
        rmsNorm(normed, predictions.get(altup.active()), inputNorm, normed.columns(), altup.eps());
    }

    /** {@code compute_router_modalities}: tanh of the router on the normed state over hidden. */
    private void route(DeviceTensor normed, DeviceTensor x, AltUpSpec altup, AltUpSpec.Scratch scratch) {
        rmsNorm(normed, x, altup.routerNorm(), x.columns(), altup.eps());
        Epilogue tanh = new Epilogue(1f / x.columns(), Activation.TANH);
        matmul(scratch.modalities(), normed, altup.router(), tanh);
    }

    /**
     * Attention and LAuReL into the hidden state, then the norm before the feed-forward block: {@code out = (x +
     * norm(attention) + (normed + norm(laurel))) * sqrt(1/2); normed = norm(out)} ({@code Gemma3nTextDecoderLayer}).
     *
     * @param normed the layer's normed input, overwritten, [tokens, hidden]
     * @param attention its output, scratch afterwards
     * @param laurel the output of its low-rank matrices, scratch afterwards
     * @param norms after attention, after LAuReL, before the feed-forward block, [1, hidden] each
     */
    default void joinAttention(
            DeviceTensor out,
            DeviceTensor normed,
            DeviceTensor x,
            DeviceTensor attention,
            DeviceTensor laurel,
            List<DeviceTensor> norms,
            float eps) {
        int hidden = out.columns();
        rmsNorm(attention, attention, norms.getFirst(), hidden, eps);
        rmsNorm(laurel, laurel, norms.get(1), hidden, eps);
        add(laurel, laurel, normed);
        add(out, x, attention);
        add(out, out, laurel);
        scale(out, out, (float) Math.sqrt(0.5));
        rmsNorm(normed, out, norms.get(2), hidden, eps);
    }

    /**
     * The feed-forward block into the hidden state, then AltUp's correction ({@code AltUp.correct}, {@code
     * scale_corrected_output}): {@code activated = x + norm(feedForward)} corrects every prediction.
     *
     * @param predictions n streams, corrected in place
     * @param scaled the corrected active stream times the output's scale, written, [tokens, hidden]
     * @param x scratch afterwards
     * @param feedForward scratch afterwards
     * @param norm after the feed-forward block, [1, hidden]
     */
    default void leaveLayer(
            List<DeviceTensor> predictions,
            DeviceTensor scaled,
            DeviceTensor x,
            DeviceTensor feedForward,
            DeviceTensor norm,
            AltUpSpec altup,
            AltUpSpec.Scratch scratch) {
        rmsNorm(feedForward, feedForward, norm, x.columns(), altup.eps());
        add(x, x, feedForward);
        route(scaled, x, altup, scratch);
        DeviceTensor coefs = scratch.coefs().columns(0, predictions.size());
        matmul(coefs, scratch.modalities(), altup.correctionCoefs(), Epilogue.NONE);
        altupCorrect(predictions, x, altup.active(), coefs);
        DeviceTensor corrected = predictions.get(altup.active());
        if (altup.outputScale() == null) {
            scale(scaled, corrected, 1);
        } else {
            multiply(scaled, corrected, altup.outputScale());
        }
    }

    /**
     * {@code out[i] += norm(x)} for each of some streams.
     *
     * @param x scratch afterwards
     */
    default void addNormed(List<DeviceTensor> out, DeviceTensor x, DeviceTensor weight, float eps) {
        rmsNorm(x, x, weight, x.columns(), eps);
        out.forEach(stream -> add(stream, stream, x));
    }

    /**
     * {@code down(gelu(topk(gate(x))) * up(x))} ({@code Gemma3nTextMLP}). The widths of the weights decide the slice.
     *
     * @param scratchGate [tokens, at least width]
     * @param scratchUp [tokens, at least width]
     * @param sparsity share of gate units cut to zero, 0 for none; known zeros need no up and no down
     */
    default void gatedFfn(
            DeviceTensor out,
            DeviceTensor x,
            FfnWeights w,
            DeviceTensor scratchGate,
            DeviceTensor scratchUp,
            float sparsity) {
        DeviceTensor gate = scratchGate.columns(0, w.width());
        DeviceTensor up = scratchUp.columns(0, w.width());
        matmul(gate, x, w.gate(), Epilogue.NONE);
        if (sparsity > 0) {
            gaussianTopK(gate, sparsity);
        }
        activate(gate, gate, Activation.GELU_TANH);
        matmul(up, x, w.up(), Epilogue.NONE);
        multiply(gate, gate, up);
        matmul(out, gate, w.down(), Epilogue.NONE);
    }
}

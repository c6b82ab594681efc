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

    /** {@code out[i] = x[i] + sum_j coefs[i * n + j] * x[j]}, coefs [tokens, n * n] ({@code AltUp.predict}). */
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

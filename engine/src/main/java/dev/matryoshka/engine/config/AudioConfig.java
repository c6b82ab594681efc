package dev.matryoshka.engine.config;

import java.util.List;

/**
 * The sound tower, {@code Gemma3nAudioConfig}.
 *
 * @param hiddenSize width of a frame
 * @param inputFeatSize mel bands
 * @param vocabSize rows of {@code embed_audio.embedding}
 * @param vocabOffset token id of its row 0
 * @param rmsNormEps added to the mean square in the norms that the configuration reaches
 * @param attentionChunkSize queries in a block of local attention
 * @param attentionContextLeft frames to the left, the query's own included
 * @param attentionContextRight frames to the right
 * @param attentionLogitCap soft cap of the attention logits
 * @param numAttentionHeads heads
 * @param numHiddenLayers Conformer blocks
 * @param convKernelSize causal depthwise kernel
 * @param reductionFactor every so many-th frame becomes a soft token
 * @param residualWeight weight of the half-step feed-forward
 * @param gradientClipping activations are clamped to plus and minus this
 * @param sscpConvChannelSize channels of the two subsampling convolutions
 * @param sscpConvKernelSize their kernels, [time, frequency]
 * @param sscpConvStrideSize their strides, [time, frequency]
 * @param sscpConvGroupNormEps added to the variance in the cumulative group norm
 */
public record AudioConfig(
        int hiddenSize,
        int inputFeatSize,
        int vocabSize,
        int vocabOffset,
        float rmsNormEps,
        int attentionChunkSize,
        int attentionContextLeft,
        int attentionContextRight,
        float attentionLogitCap,
        int numAttentionHeads,
        int numHiddenLayers,
        int convKernelSize,
        int reductionFactor,
        float residualWeight,
        float gradientClipping,
        List<Integer> sscpConvChannelSize,
        List<List<Integer>> sscpConvKernelSize,
        List<List<Integer>> sscpConvStrideSize,
        float sscpConvGroupNormEps) {
    public AudioConfig {
        sscpConvChannelSize = List.copyOf(sscpConvChannelSize);
        sscpConvKernelSize = List.copyOf(sscpConvKernelSize);
        sscpConvStrideSize = List.copyOf(sscpConvStrideSize);
    }
}

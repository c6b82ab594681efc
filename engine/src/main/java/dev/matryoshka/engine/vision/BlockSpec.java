package dev.matryoshka.engine.vision;

/** A block of MobileNet-V5 as timm's architecture strings describe it. Channels are those of its output. */
sealed interface BlockSpec {
    int channels();

    /** {@code er_k_s_e_c}: EdgeResidual, also called FusedMBConv. */
    record Edge(int kernel, int stride, int expansion, int channels) implements BlockSpec {}

    /** {@code uir_a_k_s_e_c}: UniversalInvertedResidual; kernel 0 where there is no depthwise convolution. */
    record Inverted(int startKernel, int middleKernel, int stride, int expansion, int channels) implements BlockSpec {}

    /** {@code mqa_k_h_v_d_c}: MobileAttention with multi-query attention. */
    record Attention(int kernel, int heads, int keyValueStride, int headDim, int channels) implements BlockSpec {}
}

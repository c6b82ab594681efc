package dev.matryoshka.engine.config;

/**
 * The picture tower, {@code Gemma3nVisionConfig} and timm's {@code model_args}.
 *
 * @param architecture timm's name, {@code mobilenetv5_300m_enc}
 * @param hiddenSize channels of the tower's output
 * @param vocabSize rows of {@code embed_vision.embedding}
 * @param vocabOffset token id of its row 0
 * @param rmsNormEps added to the mean square in the embedder's norms
 * @param channelMultiplier timm's width multiplier; 1 in the published model
 * @param stemSize channels after the stem before the multiplier; 64 in the published model
 * @param msfaOutputResolution side of the square of soft tokens; 16 in the published model
 */
public record VisionConfig(
        String architecture,
        int hiddenSize,
        int vocabSize,
        int vocabOffset,
        float rmsNormEps,
        double channelMultiplier,
        int stemSize,
        int msfaOutputResolution) {}

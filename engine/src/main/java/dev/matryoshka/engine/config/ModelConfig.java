package dev.matryoshka.engine.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole checkpoint: {@code config.json} with {@code generation_config.json}, {@code preprocessor_config.json} and
 * {@code processor_config.json} beside it.
 *
 * @param text the decoder
 * @param vision the picture tower, null in a text-only checkpoint
 * @param audio the sound tower, null in a text-only checkpoint
 * @param tokens ids with a meaning
 * @param imageSize side in pixels of the square that pictures are resized to
 * @param imageSoftTokens soft tokens of one picture
 * @param audioSoftTokens soft tokens of one sound
 * @param sampling what generation_config.json recommends
 */
public record ModelConfig(
        TextConfig text,
        @Nullable VisionConfig vision,
        @Nullable AudioConfig audio,
        SpecialTokens tokens,
        int imageSize,
        int imageSoftTokens,
        int audioSoftTokens,
        SamplingDefaults sampling) {

    /**
     * Ids with a meaning. Multimodal ones are -1 in a text-only checkpoint.
     *
     * @param bos starts every conversation
     * @param stop any of these ends an answer
     * @param pad fills
     */
    public record SpecialTokens(
            int bos,
            Set<Integer> stop,
            int pad,
            int beginOfImage,
            int image,
            int endOfImage,
            int beginOfAudio,
            int audio,
            int endOfAudio) {
        public SpecialTokens {
            stop = Set.copyOf(stop);
        }
    }

    /**
     * Recommended sampling.
     *
     * @param temperature 0 where the checkpoint says {@code do_sample: false}
     * @param topK 0 for all
     * @param topP 1 for all
     */
    public record SamplingDefaults(float temperature, int topK, float topP) {}
}

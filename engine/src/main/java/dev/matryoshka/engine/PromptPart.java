package dev.matryoshka.engine;

import dev.matryoshka.engine.preprocess.RgbImage;

/** One piece of what the user says. Order is kept: a picture may come before or after the question about it. */
public sealed interface PromptPart {
    /** Plain text. Special tokens typed by the user stay text. */
    record Text(String text) implements PromptPart {}

    /** A decoded picture of any size; the engine resizes it as the model wants. */
    record Image(RgbImage image) implements PromptPart {}

    /**
     * A decoded sound.
     *
     * @param samples mono, 16 kHz, in [-1, 1]; at most {@link Gemma3n#maxAudioSamples()} of them
     */
    record Audio(float[] samples) implements PromptPart {}
}

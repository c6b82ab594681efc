package dev.matryoshka.ui;

/**
 * Which model answers, and what computes it.
 *
 * @param model hub id, folder, GGUF file or {@code embedded}, as {@code --model} takes it
 * @param device its name, as {@code --device} takes it; {@link dev.matryoshka.engine.Devices#AUTO} for the fastest
 */
public record ModelChoice(String model, String device) {
    /** The same model elsewhere. */
    public ModelChoice on(String otherDevice) {
        return new ModelChoice(model, otherDevice);
    }
}

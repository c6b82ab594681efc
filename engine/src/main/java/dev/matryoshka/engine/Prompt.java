package dev.matryoshka.engine;

import java.util.List;

/**
 * One user turn.
 *
 * @param parts text, pictures and sounds in the order in which the model shall read them
 */
public record Prompt(List<PromptPart> parts) {
    public Prompt {
        parts = List.copyOf(parts);
    }

    /** A turn of text alone. */
    public static Prompt of(String text) {
        return new Prompt(List.of(new PromptPart.Text(text)));
    }
}

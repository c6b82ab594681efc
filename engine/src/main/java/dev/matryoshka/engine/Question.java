package dev.matryoshka.engine;

import java.util.List;

/**
 * One question of an evaluation.
 *
 * @param kind what it counts under, for people
 * @param prompt what is asked; without parts the answer is a text of its own, of which only its likelihood counts
 * @param choices what the answer is chosen from by likelihood; empty where the model is to say it
 * @param answer the right one
 */
public record Question(String kind, Prompt prompt, List<String> choices, String answer) {
    public Question {
        choices = List.copyOf(choices);
        if (answer.isBlank()) {
            throw new IllegalArgumentException("a question without an answer");
        }
    }

    /** Whether there is nothing to be right or wrong about. */
    public boolean isText() {
        return prompt.parts().isEmpty();
    }
}

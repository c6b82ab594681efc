package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.ui.attachment.Attachment;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a question will take, before it is sent.
 *
 * @param tokens that it adds to the conversation: those of attachments exactly, words by their length
 * @param left of the context after it; negative where it doesn't fit
 * @param firstToken seconds until the answer begins, from what the last one took; empty before there was one
 */
record Cost(int tokens, int left, int context, OptionalDouble firstToken) {
    private static final double CHARACTERS_PER_TOKEN = 4; // of Gemma's vocabulary, in English
    private static final int TEMPLATE = 10; // tokens around a turn

    /** @param used tokens of the conversation so far */
    static Cost of(ModelInfo model, String draft, List<Attachment> attachments, int used, List<Message> before) {
        int tokens = (int) Math.ceil(draft.length() / CHARACTERS_PER_TOKEN);
        for (Attachment attachment : attachments) {
            tokens += attachment instanceof Attachment.Ready ready ? ready.tokens(model) : 0;
        }
        tokens += tokens == 0 ? 0 : TEMPLATE;
        OptionalDouble speed = secondsPerToken(before);
        return new Cost(
                tokens,
                model.contextLength() - used - tokens,
                model.contextLength(),
                speed.isEmpty() ? speed : OptionalDouble.of(speed.getAsDouble() * tokens));
    }

    /** Of the last answer's prompt, attachments and all. */
    private static OptionalDouble secondsPerToken(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof Message.Answering answering) {
                Answer answer = answering.answerProperty().get();
                if (answer != null && answer.promptTokens() > 0 && answer.timeToFirstTokenSeconds() > 0) {
                    return OptionalDouble.of(answer.timeToFirstTokenSeconds() / answer.promptTokens());
                }
            }
        }
        return OptionalDouble.empty();
    }

    /** Whether the oldest questions will leave the model's view to make room for the answer. */
    boolean nearlyFull() {
        return left < ModelInfo.answerRoom(context);
    }

    /** For people, in one line. */
    String text() {
        if (tokens >= context) {
            return String.format(Locale.ROOT, "too long by about %,d tokens: send less", 1 + tokens - context);
        }
        String asked = tokens == 0 ? "" : String.format(Locale.ROOT, "about %,d tokens  ·  ", tokens);
        String begins = tokens == 0 || firstToken.isEmpty()
                ? ""
                : String.format(Locale.ROOT, "first token in %.1f s  ·  ", firstToken.getAsDouble());
        return asked
                + begins
                + (nearlyFull()
                        ? "the chat is nearly full: its oldest questions leave the model's view"
                        : String.format(Locale.ROOT, "%,d left", left));
    }
}

package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.config.ModelConfig;
import java.util.List;
import java.util.Set;

/**
 * Gemma's turn format, built in: a template that a model file brings is never run. What a user types can't become a
 * special token; text between two special tokens is encoded in one piece, as the reference encodes the whole prompt.
 */
public final class ChatTemplate {
    private static final String START_OF_TURN = "<start_of_turn>";
    private static final String END_OF_TURN = "<end_of_turn>";

    /** Tokens that every Gemma vocabulary has. */
    static final Set<String> TURN_TOKENS = Set.of(START_OF_TURN, END_OF_TURN);

    /** Tokens that no user's text may bring in, whatever a tokenizer.json says of them. */
    static final Set<String> CONTROL_TOKENS = Set.of(
            START_OF_TURN,
            END_OF_TURN,
            "<bos>",
            "<eos>",
            "<start_of_image>",
            "<image_soft_token>",
            "<end_of_image>",
            "<start_of_audio>",
            "<audio_soft_token>",
            "<end_of_audio>");

    private final Tokenizer tokenizer;
    private final ModelConfig config;
    private final int startOfTurn;
    private final int endOfTurn;

    /** A piece of a user's turn. */
    public sealed interface Part {
        /** Words; white space around them is trimmed. */
        record Text(String text) implements Part {}

        /** A picture: its soft tokens between their markers. */
        record Image() implements Part {}

        /** A sound: its soft tokens between their markers. */
        record Audio() implements Part {}
    }

    public ChatTemplate(Tokenizer tokenizer, ModelConfig config) {
        this.tokenizer = tokenizer;
        this.config = config;
        startOfTurn = tokenizer.id(START_OF_TURN);
        endOfTurn = tokenizer.id(END_OF_TURN);
    }

    /** The token that ends a turn. */
    public int endOfTurn() {
        return endOfTurn;
    }

    /**
     * The first user turn and the start of the answer.
     *
     * @param system instructions put before the user's words; empty for none
     */
    public int[] firstTurn(String system, List<Part> parts) {
        Writer out = new Writer();
        out.special(config.tokens().bos());
        out.turn(Words.strip(system).isEmpty() ? "" : Words.strip(system) + "\n\n", parts);
        return out.ids();
    }

    /**
     * A later user turn and the start of the answer.
     *
     * @param ended whether the answer before it ended with {@link #endOfTurn}, or was cut off
     */
    public int[] nextTurn(boolean ended, List<Part> parts) {
        Writer out = new Writer();
        if (!ended) {
            out.special(endOfTurn);
        }
        out.text("\n");
        out.turn("", parts);
        return out.ids();
    }

    private final class Writer {
        private final Ids ids = new Ids(256);
        private final StringBuilder run = new StringBuilder();

        void text(String more) {
            run.append(more);
        }

        void special(int id) {
            ids.add(tokenizer.encode(run.toString(), false));
            run.setLength(0);
            ids.add(id);
        }

        void turn(String prefix, List<Part> parts) {
            special(startOfTurn);
            text("user\n" + prefix);
            ModelConfig.SpecialTokens t = config.tokens();
            for (Part part : parts) {
                switch (part) {
                    case Part.Text words -> text(Words.strip(words.text()));
                    case Part.Image() -> soft(t.beginOfImage(), t.image(), config.imageSoftTokens(), t.endOfImage());
                    case Part.Audio() -> soft(t.beginOfAudio(), t.audio(), config.audioSoftTokens(), t.endOfAudio());
                }
            }
            special(endOfTurn);
            text("\n");
            special(startOfTurn);
            text("model\n");
        }

        /** As {@code Gemma3nProcessor} spells it: blank line, start, soft tokens, end, blank line. */
        private void soft(int begin, int placeholder, int count, int end) {
            text("\n\n");
            special(begin);
            for (int i = 0; i < count; i++) {
                ids.add(placeholder);
            }
            ids.add(end);
            text("\n\n");
        }

        int[] ids() {
            ids.add(tokenizer.encode(run.toString(), false));
            run.setLength(0);
            return ids.toArray();
        }
    }
}

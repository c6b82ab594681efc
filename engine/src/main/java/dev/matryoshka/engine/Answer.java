package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.generation.SpeculativePass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A finished (or stopped) answer and what it took.
 *
 * @param text the whole answer
 * @param promptTokens tokens of this turn's prompt that were computed (earlier turns come from the K/V cache)
 * @param generatedTokens tokens produced, without the stop token
 * @param timeToFirstTokenSeconds from the call to the first generated token, attachments encoded in between
 * @param prefillTokensPerSecond prompt tokens over the time of the decoder's prefill alone
 * @param decodeTokensPerSecond generated tokens after the first over their time; 0 where there is at most one
 * @param stopReason why it ended
 * @param generation how its tokens were chosen, with the seed that replays it
 * @param slices the slices that computed it, in order; the first from its first token on
 * @param drafts what speculative decoding did for it
 */
public record Answer(
        String text,
        int promptTokens,
        int generatedTokens,
        double timeToFirstTokenSeconds,
        double prefillTokensPerSecond,
        double decodeTokensPerSecond,
        StopReason stopReason,
        GenerationConfig generation,
        List<SliceUse> slices,
        Drafts drafts) {
    public Answer {
        slices = List.copyOf(slices);
    }

    /** Whether any of it was computed from keys and values that were not exactly its slice's own. */
    public boolean approximate() {
        return slices.stream().anyMatch(SliceUse::approximate);
    }

    /**
     * This answer as it stands in the conversation, where more of it was heard than this knows: the program that made it ended meanwhile.
     *
     * @param said the whole of it
     * @param tokens counts those of a text
     */
    Answer heard(String said, ToIntFunction<String> tokens) {
        if (said.equals(text)) {
            return this;
        }
        boolean longer = said.startsWith(text);
        int more = tokens.applyAsInt(longer ? said.substring(text.length()) : said);
        return new Answer(
                said,
                promptTokens,
                (longer ? generatedTokens : 0) + more,
                timeToFirstTokenSeconds,
                prefillTokensPerSecond,
                decodeTokensPerSecond,
                stopReason,
                generation,
                slices,
                drafts);
    }

    /**
     * This answer with more of it: as one that was never interrupted.
     *
     * @param more what was said after it
     */
    Answer plus(Answer more) {
        List<SliceUse> all = new ArrayList<>(slices);
        for (SliceUse use : more.slices) {
            SliceUse shifted =
                    new SliceUse(use.slice(), generatedTokens + use.fromToken(), use.approximate(), use.reason());
            if (all.isEmpty()
                    || !all.getLast().slice().equals(use.slice())
                    || all.getLast().approximate() != use.approximate()) {
                all.add(shifted);
            }
        }
        double seconds = decodeSeconds() + more.decodeSeconds();
        return new Answer(
                text + more.text,
                promptTokens,
                generatedTokens + more.generatedTokens,
                timeToFirstTokenSeconds,
                prefillTokensPerSecond,
                seconds > 0 ? (decoded() + more.decoded()) / seconds : 0,
                more.stopReason,
                generation.withMaxTokens(generatedTokens + more.generation.maxTokens()),
                all,
                drafts.plus(more.drafts));
    }

    private int decoded() {
        return Math.max(0, generatedTokens - 1);
    }

    private double decodeSeconds() {
        return decodeTokensPerSecond > 0 ? decoded() / decodeTokensPerSecond : 0;
    }

    /**
     * A slice at work on an answer.
     *
     * @param slice which one
     * @param fromToken how many tokens of the answer were there before
     * @param approximate whether it reads keys and values that another slice computed otherwise than it would have
     * @param reason why the size is not the one that was asked for, for people; null where it is, or for its speed
     */
    public record SliceUse(
            MatFormerSlice slice,
            int fromToken,
            boolean approximate,
            @Nullable String reason) {
        public SliceUse(MatFormerSlice slice, int fromToken, boolean approximate) {
            this(slice, fromToken, approximate, null);
        }
    }

    /**
     * Tokens that a smaller slice drafted.
     *
     * @param passes steps of the slice at work that looked at some
     * @param drafted tokens proposed
     * @param accepted those it agreed to
     */
    public record Drafts(int passes, int drafted, int accepted) {
        /** Without speculative decoding. */
        public static final Drafts NONE = new Drafts(0, 0, 0);

        Drafts plus(Drafts more) {
            return new Drafts(passes + more.passes, drafted + more.drafted, accepted + more.accepted);
        }

        Drafts plus(SpeculativePass pass) {
            return new Drafts(passes + 1, drafted + pass.drafted(), accepted + pass.accepted());
        }
    }

    /** Why an answer ended. */
    public enum StopReason {
        /** The model said that it is done. */
        END_OF_TURN,
        /** {@link GenerationConfig#maxTokens()} was reached. */
        MAX_TOKENS,
        /** {@link ChatSession#stop()} was called. */
        STOPPED,
        /** The context is full. */
        CONTEXT_FULL
    }
}

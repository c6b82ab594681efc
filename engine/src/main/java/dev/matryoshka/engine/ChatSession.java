package dev.matryoshka.engine;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One conversation. Keys and values of earlier turns are kept, so a turn computes its own tokens only. Where the context nears its end,
 * the oldest turns leave the model's view, whole, see {@link TokenListener#onWindow}; the next answer then computes again what stays.
 *
 * <p>{@link #send} blocks and is called from one thread at a time; {@link #stop} may be called from any.
 */
public interface ChatSession extends AutoCloseable {
    /**
     * Sends one user turn and streams the answer.
     *
     * @return the answer; a stopped one holds what was said until then
     * @throws dev.matryoshka.engine.error.MatryoshkaException the turn could not be taken; the conversation stands as
     *     it was before the call
     */
    Answer send(Prompt prompt, GenerationConfig generation, TokenListener listener);

    /**
     * Goes on with the last answer, which was stopped or reached its longest length, from where it ended: with the same sampler and
     * seed, as if it had not.
     *
     * @param begun what {@link #send} or this said of it; where the conversation was resumed and holds more of the answer, that counts
     * @param maxTokens longest that is added to it, in tokens
     * @return the whole answer
     * @throws dev.matryoshka.engine.error.MatryoshkaException there is none, it came to its own end, or it fails; the conversation
     *     stands as it was before the call
     */
    Answer goOn(Answer begun, int maxTokens, TokenListener listener);

    /**
     * Which pictures and sounds the model goes on to see and hear after their turns have left its view, from the next {@link #send} on.
     *
     * @param attachments null, as long as nothing is said, for the newest that take no more than a quarter of the context
     */
    void keep(@Nullable Collection<PromptPart> attachments);

    /**
     * Ends a running {@link #send} or {@link #goOn} within one token or one prefill chunk; a picture or sound that is being encoded is
     * finished first. Does nothing when none runs.
     */
    void stop();

    /**
     * Goes on with another slice from the next token on, also in the middle of an answer; may be called from any thread.
     * Nothing is loaded, unless the device doesn't hold all of the slice: then answers go on as they are until it has come, in the
     * background, and with as much as there is room for where it can't. What counts is the last call before that token.
     *
     * @param policy what becomes of keys and values that are not exactly those of {@code slice}
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    void useSlice(MatFormerSlice slice, KvPolicy policy);

    /**
     * From now on, narrows the slice where answers are slower than a target, and widens it again where there is room; may be
     * called from any thread. Keys and values stay as they are. Ends with {@link #useSlice}.
     *
     * @param widest never exceeded; where it begins
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    void useElastic(MatFormerSlice widest, Elastic target);

    /**
     * Speculative decoding from the next token on: a smaller slice drafts, the slice at work computes several drafts in one step.
     * Answers stay what they would have been: greedy ones to the letter, but for sums in another order; others in
     * distribution. Where the draft slice can't read the keys and values of the one at work, and while the size is
     * elastic, tokens are decoded one by one. May be called from any thread.
     *
     * @param draft a slice, or null to end it; {@link #smallest} is a good one
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    void useDrafts(@Nullable MatFormerSlice draft);

    /** Whether a slice can draft for the one at work: it is smaller and reads its keys and values. */
    boolean drafts(MatFormerSlice draft);

    /** The smallest slice that elastic decoding would come down to. */
    MatFormerSlice smallest();

    /**
     * Takes the last turn back, question and answer; does nothing where there is none. Not while {@link #send} runs. Long
     * turns make the next one compute the whole conversation again.
     */
    void takeBack();

    /**
     * Goes on from an earlier conversation, in place of what was said in this one; turns that both begin with stay as they
     * are computed. The others are computed with the next {@link #send}, as many of the latest as fit. Not while {@link #send} runs.
     *
     * @param turns in their order
     */
    void resume(List<Exchange> turns);

    /** Turns that will be out of the model's view once something short is asked, the oldest ones. Not while {@link #send} runs. */
    int turnsOutOfView();

    /** Tokens in the conversation so far. */
    int contextUsed();

    /** Tokens the conversation can hold. */
    int contextLimit();

    @Override
    void close();
}

package dev.matryoshka.ui;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.settings.Settings;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What the window talks to. Calls return at once; what comes of them is heard on another thread. */
public interface Assistant {
    /** The model that answers, or that is being loaded. */
    ModelChoice choice();

    /**
     * Goes on with another model or device, after the answer that runs. The old one is freed first, so that the new one may
     * have its memory; the conversation is empty then, see {@link #resume}. From here on {@link #model} and {@link #slices} are
     * the new one's.
     *
     * @return completes with it, or fails with a {@link MatryoshkaException}: then the old one has been loaded again
     */
    CompletionStage<ModelInfo> switchTo(ModelChoice wanted);

    /** Completes when the model is loaded, or fails with a {@link MatryoshkaException}. */
    CompletionStage<ModelInfo> model();

    /** Longest sound the model hears, in seconds. Waits for the model: never call it on the UI thread. */
    double maxAudioSeconds();

    /** Completes with the model: what its slices cost. */
    CompletionStage<ModelSlices> slices();

    /** The slice in use. Once {@link #slices} is there. */
    MatFormerSlice slice();

    /**
     * Goes on with another slice, from the next token on where an answer runs. Once {@link #slices} is there.
     *
     * @param policy what becomes of keys and values that are not exactly those of {@code slice}
     * @throws MatryoshkaException the model can't run it; the slice in use stays
     */
    void useSlice(MatFormerSlice slice, KvPolicy policy);

    /**
     * Goes on narrowing the slice where answers are slower than a target, and widening it where there is room. Once {@link
     * #slices} is there; ends with {@link #useSlice}.
     *
     * @param widest never exceeded; from now on the slice in use
     * @throws MatryoshkaException the model can't run it; everything stays as it is
     */
    void useElastic(MatFormerSlice widest, Elastic target);

    /**
     * Whether a smaller slice drafts for the one in use, from the next question on; answers stay what they would have been.
     * Nothing drafts while the size is elastic, or where no smaller slice reads the same keys and values.
     */
    void useDrafts(boolean wanted);

    /**
     * Keeps a slice under its name.
     *
     * @return completes with all slices, the new one among them, or fails with a {@link MatryoshkaException}: the name is
     *     taken or no plain word, or the disk refuses
     */
    CompletionStage<ModelSlices> saveSlice(MatFormerSlice slice);

    /** What the model holds in memory now. Waits for the model and counts pages: never call it on the UI thread. */
    MemoryUse memory();

    /**
     * Changes how much of the model its device keeps, see {@link dev.matryoshka.engine.Gemma3n#resident}; nothing on the CPU. Waits for
     * the model.
     */
    void resident(MatFormerSlice most);

    /** Changes what the cache of per-layer rows may hold. Waits for the model. */
    void budgetPerLayerCache(long bytes);

    /** How answers are made: sampling, seed and length from the next question on, the system prompt from the next new chat on. */
    void use(Settings settings);

    /** Forgets the conversation. */
    void newChat();

    /**
     * Goes on from an earlier conversation, in place of the one so far.
     *
     * @param outOfView hears, on another thread, how many of its turns the model will no longer read, the oldest ones
     */
    void resume(List<Exchange> turns, IntConsumer outOfView);

    /**
     * Which attachments the model goes on to see and hear after their turns have left its view, until the next new chat.
     *
     * @param attachments null for the newest that take no more than a quarter of the context
     */
    void keep(@Nullable Collection<PromptPart> attachments);

    /** Asks; one question at a time. */
    void send(Prompt prompt, AnswerSink sink);

    /**
     * Goes on with the last answer of the conversation from its last word.
     *
     * @param made what is known of the answer, which was stopped, reached its longest length or was left; null where that is nothing
     */
    void goOn(@Nullable Answer made, AnswerSink sink);

    /**
     * Asks twice, with another slice first; that answer is taken back, and the chat goes on from the one of the slice in
     * use. Where the person stops the first, it stays, and the second is empty.
     */
    void compare(Prompt prompt, MatFormerSlice other, AnswerSink first, AnswerSink second);

    /** Asks as for an earlier answer: with its sampler, seed and first slice. What comes after is answered by the slice in use. */
    void replay(Prompt prompt, Answer made, AnswerSink sink);

    /** Ends the answer that runs, if any. */
    void stop();

    /** Hears an answer grow. */
    interface AnswerSink {
        /** Prompt tokens read so far. */
        void onPrefill(int done, int total);

        /** A slice computes from the next token on. */
        void onSlice(SliceUse use);

        /**
         * What the model reads of the conversation, at the start of an answer and where that changes.
         *
         * @param left turns that it no longer does, the oldest ones
         */
        default void onWindow(int left) {}

        /** The next piece of text. */
        void onText(String piece);

        /** The device failed, and the answer goes on with another: the model as it is now. */
        void onFallback(ModelInfo now);

        /**
         * The answer is finished or stopped.
         *
         * @param contextUsed tokens in the conversation now
         */
        void onDone(Answer answer, int contextUsed);

        /** The question could not be answered. */
        void onError(MatryoshkaException error);
    }
}

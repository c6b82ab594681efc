package dev.matryoshka.ui;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.util.concurrent.CompletionStage;

/** What the window talks to. Calls return at once; what comes of them is heard on another thread. */
public interface Assistant {
    /** Completes when the model is loaded, or fails with a {@link MatryoshkaException}. */
    CompletionStage<ModelInfo> model();

    /** Longest sound the model hears, in seconds. Waits for the model: never call it on the UI thread. */
    double maxAudioSeconds();

    /** Forgets the conversation. */
    void newChat();

    /** Asks; one question at a time. */
    void send(Prompt prompt, AnswerSink sink);

    /** Ends the answer that runs, if any. */
    void stop();

    /** Hears an answer grow. */
    interface AnswerSink {
        /** Prompt tokens read so far. */
        void onPrefill(int done, int total);

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

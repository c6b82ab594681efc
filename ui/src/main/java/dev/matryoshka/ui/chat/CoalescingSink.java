package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant.AnswerSink;
import java.util.concurrent.Executor;

/** Brings an answer to the UI thread, tokens joined: however fast they come, one update waits at a time. */
final class CoalescingSink implements AnswerSink {
    private final Executor uiThread;
    private final ChatViewModel target;
    private final StringBuilder pending = new StringBuilder();
    private double prefill;
    private boolean scheduled;

    CoalescingSink(Executor uiThread, ChatViewModel target) {
        this.uiThread = uiThread;
        this.target = target;
    }

    @Override
    public synchronized void onPrefill(int done, int total) {
        prefill = (double) done / total;
        schedule();
    }

    @Override
    public synchronized void onText(String piece) {
        pending.append(piece);
        schedule();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            uiThread.execute(this::flush);
        }
    }

    private void flush() {
        String text;
        double share;
        synchronized (this) {
            text = pending.toString();
            share = prefill;
            pending.setLength(0);
            scheduled = false;
        }
        target.grow(text, share);
    }

    @Override
    public void onDone(Answer answer, int contextUsed) {
        uiThread.execute(() -> {
            flush();
            target.finish(answer, contextUsed);
        });
    }

    @Override
    public void onError(MatryoshkaException error) {
        uiThread.execute(() -> {
            flush();
            target.fail(error);
        });
    }
}

package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant.AnswerSink;
import java.util.concurrent.Executor;

/** Brings an answer to the UI thread, tokens joined: however fast they come, one update waits at a time. */
final class CoalescingSink implements AnswerSink {
    private final Executor uiThread;
    private final ChatViewModel target;
    private final Message.Answering answer;
    private final StringBuilder pending = new StringBuilder();
    private double prefill;
    private boolean scheduled;

    CoalescingSink(Executor uiThread, ChatViewModel target, Message.Answering answer) {
        this.uiThread = uiThread;
        this.target = target;
        this.answer = answer;
    }

    @Override
    public synchronized void onPrefill(int done, int total) {
        prefill = (double) done / total;
        schedule();
    }

    @Override
    public void onSlice(SliceUse use) {
        uiThread.execute(() -> {
            flush();
            target.computes(answer, use);
        });
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
        target.grow(answer, text, share);
    }

    @Override
    public void onWindow(int left) {
        uiThread.execute(() -> target.window(answer, left));
    }

    @Override
    public void onFallback(ModelInfo now) {
        uiThread.execute(() -> target.fallBack(answer, now));
    }

    @Override
    public void onDone(Answer finished, int contextUsed) {
        uiThread.execute(() -> {
            flush();
            target.finish(answer, finished, contextUsed);
        });
    }

    @Override
    public void onError(MatryoshkaException error) {
        uiThread.execute(() -> {
            flush();
            target.fail(answer, error);
        });
    }
}

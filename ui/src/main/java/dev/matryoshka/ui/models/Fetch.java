package dev.matryoshka.ui.models;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** A model on its way from a hub. Heard from a thread of its own, shown on the UI thread. */
public final class Fetch {
    private static final Amount NOTHING = new Amount(0, 0, 0);

    private final String id;
    private final Executor uiThread;
    private final ReadOnlyObjectWrapper<Amount> amount = new ReadOnlyObjectWrapper<>(NOTHING);
    private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper(true);
    private final AtomicBoolean telling = new AtomicBoolean();
    private volatile Amount latest = NOTHING;
    private volatile boolean stopWanted;
    private long before = -1; // bytes of earlier attempts
    private long start;

    /**
     * How far it is.
     *
     * @param done bytes that are here
     * @param total of all; 0 until the hub has said
     * @param bytesPerSecond since this attempt began; 0 before anything came
     */
    public record Amount(long done, long total, double bytesPerSecond) {}

    Fetch(String id, Executor uiThread) {
        this.id = id;
        this.uiThread = uiThread;
    }

    /** The model's name on the hub. */
    public String id() {
        return id;
    }

    public ReadOnlyObjectProperty<Amount> amountProperty() {
        return amount.getReadOnlyProperty();
    }

    /** False once it was stopped or has failed. */
    public ReadOnlyBooleanProperty runningProperty() {
        return running.getReadOnlyProperty();
    }

    /** Ends it; what came until then is kept. */
    public void stop() {
        stopWanted = true;
    }

    boolean stopWanted() {
        return stopWanted;
    }

    /** On the thread that fetches, for each piece: the window hears of the latest alone. */
    void heard(long done, long total) {
        long now = System.nanoTime();
        if (before < 0) {
            before = done;
            start = now;
        }
        latest = new Amount(done, total, now == start ? 0 : (done - before) * 1e9 / (now - start));
        if (telling.compareAndSet(false, true)) {
            uiThread.execute(() -> {
                telling.set(false);
                amount.set(latest);
            });
        }
    }

    void end() {
        running.set(false);
    }
}

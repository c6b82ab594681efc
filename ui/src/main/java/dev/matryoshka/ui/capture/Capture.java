package dev.matryoshka.ui.capture;

import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/**
 * One device in use: which there are, which one is chosen, whether it runs, what went wrong. Used on the UI thread;
 * devices are touched on a thread of their own, one call after the other.
 *
 * @param <D> the kind of device
 */
abstract class Capture<D> {
    /** Where it stands. */
    enum State {
        OFF,
        OPENING,
        RUNNING
    }

    private final Executor uiThread;
    private final ExecutorService worker;
    private final ObservableList<D> devices = FXCollections.observableArrayList();
    private final ObjectProperty<@Nullable D> chosen = new SimpleObjectProperty<>();
    private final ReadOnlyObjectWrapper<State> state = new ReadOnlyObjectWrapper<>(State.OFF);
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> error = new ReadOnlyObjectWrapper<>();
    /** Counts openings, so that what an earlier one still says is not heard. */
    private int opening;

    Capture(String thread, Executor uiThread) {
        this.uiThread = uiThread;
        worker = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(thread).factory());
        chosen.addListener((property, before, now) -> {
            if (before != null && now != null && state.get() != State.OFF) { // another one, by the person
                close();
                open();
            }
        });
    }

    /** What to call a device. */
    abstract String name(D device);

    /** Those there are now; on the worker. */
    abstract List<D> list();

    /** Opens a device; on the worker. */
    abstract void start(D device, int opening);

    /** Gives the device back; on the worker. */
    abstract void stop();

    final ObservableList<D> devices() {
        return devices;
    }

    final ObjectProperty<@Nullable D> chosenProperty() {
        return chosen;
    }

    final ReadOnlyObjectProperty<State> stateProperty() {
        return state.getReadOnlyProperty();
    }

    /** What went wrong last, null where nothing did. */
    final ReadOnlyObjectProperty<@Nullable MatryoshkaException> errorProperty() {
        return error.getReadOnlyProperty();
    }

    final boolean isOff() {
        return state.get() == State.OFF;
    }

    /** Looks for devices and opens the one last chosen, the first where it is gone. */
    final void open() {
        error.set(null);
        state.set(State.OPENING);
        int now = ++opening;
        D last = chosen.get();
        String wanted = last == null ? "" : name(last);
        onWorker(now, () -> {
            List<D> found = list();
            D device = found.stream()
                    .filter(each -> name(each).equals(wanted))
                    .findFirst()
                    .orElse(found.getFirst());
            start(device, now);
            onUi(now, () -> {
                chosen.set(null);
                devices.setAll(found);
                chosen.set(device);
                state.set(State.RUNNING);
            });
        });
    }

    /** Ends it, and forgets what went wrong. */
    final void close() {
        error.set(null);
        turnOff();
        worker.execute(this::stop);
    }

    /** It is off from now on: nothing that the device still says is heard. */
    final void turnOff() {
        opening++;
        state.set(State.OFF);
    }

    final int opening() {
        return opening;
    }

    /** Something went wrong, and it is off. */
    final void fail(int when, Throwable failure) {
        onUi(when, () -> {
            turnOff();
            error.set(
                    failure instanceof MatryoshkaException known
                            ? known
                            : new InvalidRequestException("unexpected " + failure, "please report it", failure));
            worker.execute(this::stop);
        });
    }

    final void onWorker(int when, Runnable task) {
        worker.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) { // nothing may end the worker silently
                fail(when, e);
            }
        });
    }

    /** Runs where the window lives, unless it was closed or opened anew meanwhile. */
    final void onUi(int when, Runnable change) {
        uiThread.execute(() -> {
            if (when == opening) {
                change.run();
            }
        });
    }
}

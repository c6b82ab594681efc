package dev.matryoshka.ui.capture;

import dev.matryoshka.media.audio.AudioInput;
import dev.matryoshka.media.audio.Recording;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import org.jspecify.annotations.Nullable;

/** Records a question. */
final class Recorder extends Capture<AudioInput> {
    private final Supplier<List<AudioInput>> microphones;
    private final DoubleSupplier maxSeconds;
    private final Consumer<float[]> done;
    private final ReadOnlyDoubleWrapper seconds = new ReadOnlyDoubleWrapper();
    private final ReadOnlyDoubleWrapper longest = new ReadOnlyDoubleWrapper();
    private final ReadOnlyDoubleWrapper level = new ReadOnlyDoubleWrapper();
    /** The worker's. */
    private @Nullable Recording running;

    /**
     * @param maxSeconds longest sound the model hears; may wait, asked on the worker
     * @param done takes what was recorded, mono at 16 kHz
     */
    Recorder(
            Supplier<List<AudioInput>> microphones,
            DoubleSupplier maxSeconds,
            Executor uiThread,
            Consumer<float[]> done) {
        super("microphone", uiThread);
        this.microphones = microphones;
        this.maxSeconds = maxSeconds;
        this.done = done;
    }

    /** Recorded so far. */
    ReadOnlyDoubleProperty secondsProperty() {
        return seconds.getReadOnlyProperty();
    }

    /** When it ends by itself. */
    ReadOnlyDoubleProperty longestProperty() {
        return longest.getReadOnlyProperty();
    }

    /** The loudest sample of the last moment, 0 to 1. */
    ReadOnlyDoubleProperty levelProperty() {
        return level.getReadOnlyProperty();
    }

    @Override
    String name(AudioInput device) {
        return device.name();
    }

    @Override
    List<AudioInput> list() {
        return microphones.get();
    }

    @Override
    void start(AudioInput device, int opening) {
        double limit = maxSeconds.getAsDouble();
        onUi(opening, () -> {
            longest.set(limit);
            seconds.set(0);
        });
        running = Recording.start(device, limit, new Recording.Listener() {
            @Override
            public void onLevel(float peak, double heard) {
                onUi(opening, () -> {
                    level.set(peak);
                    seconds.set(heard);
                });
            }

            @Override
            public void onEnd() {
                onUi(opening, Recorder.this::finish);
            }
        });
    }

    @Override
    void stop() {
        Recording last = running;
        running = null;
        if (last != null) {
            last.cancel();
        }
    }

    /** Ends it and hands over what was recorded. */
    void finish() {
        int now = opening();
        onWorker(now, () -> {
            Recording last = running;
            running = null;
            if (last != null) {
                float[] samples = last.finish();
                onUi(now, () -> {
                    turnOff();
                    done.accept(samples);
                });
            }
        });
    }
}

package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.audio.SoundPlayer;
import java.util.function.Supplier;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.jspecify.annotations.Nullable;

/** A sound that can be played, paused and moved in. Used on the UI thread; the sound itself plays on one of its own. */
final class Playback {
    private final float[] samples;
    private final Supplier<SoundPlayer> players;
    private final ReadOnlyIntegerWrapper position = new ReadOnlyIntegerWrapper();
    private final ReadOnlyBooleanWrapper playing = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem = new ReadOnlyObjectWrapper<>();
    private @Nullable SoundPlayer player;
    private final AnimationTimer clock = new AnimationTimer() {
        @Override
        public void handle(long now) {
            if (player != null) {
                position.set(player.position());
            }
        }
    };

    /**
     * @param samples mono at 16 kHz
     * @param players a new one each time that it begins to play
     */
    Playback(float[] samples, Supplier<SoundPlayer> players) {
        this.samples = samples;
        this.players = players;
    }

    /** The sample that is heard, or from which it will go on. */
    ReadOnlyIntegerProperty positionProperty() {
        return position.getReadOnlyProperty();
    }

    ReadOnlyBooleanProperty playingProperty() {
        return playing.getReadOnlyProperty();
    }

    /** Why it can't be heard, null while it can. */
    ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    int length() {
        return samples.length;
    }

    /** Where it is, as a share of the whole. */
    double share() {
        return samples.length == 0 ? 0 : (double) position.get() / samples.length;
    }

    /** Plays on, from the start where it has come to its end, or pauses. */
    void toggle() {
        if (playing.get()) {
            pause();
        } else {
            begin(position.get() >= samples.length ? 0 : position.get());
        }
    }

    /** Goes to a sample; what plays goes on from there. */
    void seek(int sample) {
        int to = Math.clamp(sample, 0, samples.length);
        boolean goesOn = playing.get();
        pause();
        position.set(to);
        if (goesOn) {
            begin(to);
        }
    }

    /** Moves by seconds, forwards or backwards. */
    void skip(double seconds) {
        seek(position.get() + (int) (seconds * AudioDecoder.SAMPLE_RATE));
    }

    void pause() {
        SoundPlayer old = player;
        if (old != null) {
            old.stop();
            position.set(old.position());
            ended(old);
        }
    }

    private void begin(int from) {
        SoundPlayer fresh = players.get();
        player = fresh;
        problem.set(null);
        position.set(from);
        playing.set(true);
        Thread.ofPlatform().daemon().name("player").start(() -> {
            try {
                fresh.play(samples, from);
                Platform.runLater(() -> ended(fresh));
            } catch (MatryoshkaException e) {
                Platform.runLater(() -> {
                    ended(fresh);
                    problem.set(e);
                });
            }
        });
        clock.start();
    }

    private void ended(SoundPlayer which) {
        if (which.equals(player)) {
            position.set(Math.max(position.get(), which.position()));
            player = null;
            playing.set(false);
            clock.stop();
        }
    }
}

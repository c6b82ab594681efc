package dev.matryoshka.app.hub;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that has been silent for too long, so that its reader doesn't wait for ever. */
final class Watchdog implements Closeable {
    private final Thread thread;
    private volatile long last = System.nanoTime();

    Watchdog(InputStream watched, Duration silence) {
        thread = Thread.ofVirtual().start(() -> watch(watched, silence.toNanos()));
    }

    /** Something came. */
    void alive() {
        last = System.nanoTime();
    }

    private void watch(InputStream watched, long silence) {
        try {
            for (long left = silence; left > 0; left = silence - (System.nanoTime() - last)) {
                Thread.sleep(Duration.ofNanos(left));
            }
            watched.close();
        } catch (InterruptedException | IOException e) {
            // the reader is done, or hears of it
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

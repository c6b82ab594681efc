package dev.matryoshka.media.audio;

import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.LineUnavailableException;

/** Something that hears: a microphone, a line, the monitor of an output. */
public interface AudioInput {
    /** What to call it. */
    String name();

    /**
     * Begins to listen.
     *
     * @return linear PCM as it is heard, mono, at any rate; closing it gives the device back
     */
    AudioInputStream open() throws LineUnavailableException;
}

package dev.matryoshka.media.audio;

import dev.matryoshka.engine.error.MediaDeviceException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/** Plays one sound on the system's default output. */
public final class SoundPlayer {
    private static final AudioFormat FORMAT = new AudioFormat(AudioDecoder.SAMPLE_RATE, 16, 1, true, false);
    private static final int BLOCK = AudioDecoder.SAMPLE_RATE / 10;

    private volatile boolean stopped;

    /**
     * Plays to the end, or until {@link #stop}. Never call it on the UI thread.
     *
     * @param samples mono at 16 kHz, -1 to 1
     * @throws MediaDeviceException there is no output
     */
    public void play(float[] samples) {
        try (SourceDataLine line = AudioSystem.getSourceDataLine(FORMAT)) {
            line.open(FORMAT);
            line.start();
            for (int from = 0; from < samples.length && !stopped; from += BLOCK) {
                byte[] pcm = pcm(samples, from, Math.min(samples.length, from + BLOCK));
                line.write(pcm, 0, pcm.length);
            }
            if (stopped) {
                line.flush();
            } else {
                line.drain();
            }
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new MediaDeviceException(
                    "no loudspeaker answers", "start PipeWire or PulseAudio, or plug in a sound card", e);
        }
    }

    /** Ends what plays, within a tenth of a second. */
    public void stop() {
        stopped = true;
    }

    private static byte[] pcm(float[] samples, int from, int to) {
        byte[] pcm = new byte[2 * (to - from)];
        for (int i = from; i < to; i++) {
            int value = Math.round(samples[i] * Short.MAX_VALUE);
            pcm[2 * (i - from)] = (byte) value;
            pcm[2 * (i - from) + 1] = (byte) (value >> 8);
        }
        return pcm;
    }
}

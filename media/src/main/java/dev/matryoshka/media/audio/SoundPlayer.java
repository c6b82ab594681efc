package dev.matryoshka.media.audio;

import dev.matryoshka.engine.error.MediaDeviceException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/** Plays one sound, once. */
public final class SoundPlayer {
    /** What a line is opened with: 16 kHz, 16 bit, mono. */
    static final AudioFormat FORMAT = new AudioFormat(AudioDecoder.SAMPLE_RATE, 16, 1, true, false);

    private static final int BLOCK = AudioDecoder.SAMPLE_RATE / 10;

    private final Output output;
    private volatile boolean stopped;
    private volatile int position;

    /** Where sounds come out. */
    @FunctionalInterface
    public interface Output {
        /**
         * A line that is not open yet.
         *
         * @throws LineUnavailableException there is none
         */
        SourceDataLine line() throws LineUnavailableException;
    }

    /** On the system's default output. */
    public SoundPlayer() {
        this(() -> AudioSystem.getSourceDataLine(FORMAT));
    }

    /** On another one. */
    public SoundPlayer(Output output) {
        this.output = output;
    }

    /** Plays a sound from its start, see {@link #play(float[], int)}. */
    public void play(float[] samples) {
        play(samples, 0);
    }

    /**
     * Plays to the end, or until {@link #stop}. Never call it on the UI thread.
     *
     * @param samples mono at 16 kHz, -1 to 1
     * @param first the sample to begin with
     * @throws MediaDeviceException there is no output
     */
    public void play(float[] samples, int first) {
        position = first;
        try (SourceDataLine line = output.line()) {
            line.open(FORMAT, 4 * BLOCK); // bytes: little is still to come when it is stopped
            line.start();
            for (int from = first; from < samples.length && !stopped; from += BLOCK) {
                byte[] pcm = pcm(samples, from, Math.min(samples.length, from + BLOCK));
                line.write(pcm, 0, pcm.length);
                position = Math.min(samples.length, first + (int) line.getLongFramePosition());
            }
            if (stopped) {
                line.flush();
            } else {
                line.drain();
                position = samples.length;
            }
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new MediaDeviceException(
                    "no loudspeaker answers", "start PipeWire or PulseAudio, or plug in a sound card", e);
        }
    }

    /** The sample that is heard now, to a tenth of a second; any thread may ask. */
    public int position() {
        return position;
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

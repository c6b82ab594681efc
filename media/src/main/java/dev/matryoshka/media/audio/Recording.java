package dev.matryoshka.media.audio;

import be.tarsos.dsp.AudioDispatcher;
import be.tarsos.dsp.AudioEvent;
import be.tarsos.dsp.AudioProcessor;
import be.tarsos.dsp.io.jvm.JVMAudioInputStream;
import dev.matryoshka.engine.error.MediaDeviceException;
import java.io.IOException;
import java.util.Arrays;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.LineUnavailableException;

/** What an input hears from {@link #start} to {@link #finish}, by a TarsosDSP dispatcher on a thread of its own. */
public final class Recording {
    /** Blocks a second: how often the level is told. */
    private static final int BLOCKS = 25;
    /** A device that was pulled out may never end its last read. */
    private static final long PATIENCE_MILLIS = 1_000;

    /** Hears how a recording goes, on the recording's thread. */
    public interface Listener {
        /**
         * Another block was heard.
         *
         * @param peak the largest sample of the block, 0 to 1
         * @param seconds heard so far
         */
        void onLevel(float peak, double seconds);

        /** The longest sound is reached or the input has ended; {@link #finish} has what was heard. */
        void onEnd();
    }

    private final AudioInput input;
    private final AudioInputStream stream;
    private final Thread thread;
    private final Collector collector;
    private volatile boolean stopping;

    private Recording(AudioInput input, AudioInputStream stream, double maxSeconds, Listener listener) {
        this.input = input;
        this.stream = stream;
        int rate = (int) stream.getFormat().getSampleRate();
        AudioDispatcher dispatcher = new AudioDispatcher(new EndingStream(stream), rate / BLOCKS, 0);
        dispatcher.setZeroPadLastBuffer(false);
        collector = new Collector(dispatcher, rate, (long) (maxSeconds * rate), listener);
        dispatcher.addAudioProcessor(collector);
        thread = Thread.ofPlatform().daemon().name("recording").unstarted(() -> run(dispatcher, listener));
    }

    /**
     * Begins to record.
     *
     * @param maxSeconds ends by itself after these
     * @throws MediaDeviceException the input can't be opened
     */
    public static Recording start(AudioInput input, double maxSeconds, Listener listener) {
        try {
            Recording recording = new Recording(input, input.open(), maxSeconds, listener);
            recording.thread.start();
            return recording;
        } catch (LineUnavailableException | RuntimeException e) {
            throw new MediaDeviceException(
                    input.name() + " can't be opened (" + e.getMessage() + ")",
                    "close other programs that record, or choose another input",
                    e);
        }
    }

    private void run(AudioDispatcher dispatcher, Listener listener) {
        try {
            dispatcher.run();
        } catch (RuntimeException | Error e) { // TarsosDSP turns a read that fails into an Error
            closeStream();
        }
        if (!stopping) {
            listener.onEnd();
        }
    }

    /**
     * Ends it. Waits for the block that is being heard.
     *
     * @return mono at 16 kHz, without the silence before and after; at least one sample
     * @throws MediaDeviceException nothing was heard
     */
    public float[] finish() {
        end();
        float[] heard = collector.finish();
        if (heard.length == 0) {
            throw new MediaDeviceException(
                    input.name() + " gave no sound", "plug it in again, or choose another input");
        }
        float[] trimmed = Silence.trim(heard);
        if (trimmed.length == 0) {
            throw new MediaDeviceException(
                    input.name() + " heard only silence", "unmute it, speak louder, or choose another input");
        }
        return trimmed;
    }

    /** Ends it and forgets what was heard. */
    public void cancel() {
        end();
    }

    private void end() {
        stopping = true;
        try {
            thread.join(PATIENCE_MILLIS);
            if (thread.isAlive()) {
                closeStream();
                thread.join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeStream() {
        try {
            stream.close();
        } catch (IOException e) {
            // the device is gone already
        }
    }

    /** Gathers the blocks at the model's rate. */
    private final class Collector implements AudioProcessor {
        private final AudioDispatcher dispatcher;
        private final int rate;
        private final long limit;
        private final Listener listener;
        private final Resampler resampler;
        private long heard;

        Collector(AudioDispatcher dispatcher, int rate, long limit, Listener listener) {
            this.dispatcher = dispatcher;
            this.rate = rate;
            this.limit = limit;
            this.listener = listener;
            resampler = new Resampler(rate, AudioDecoder.SAMPLE_RATE);
        }

        @Override
        public synchronized boolean process(AudioEvent event) {
            float[] block = event.getFloatBuffer();
            float[] taken = Arrays.copyOf(block, (int) Math.min(block.length, limit - heard));
            resampler.add(taken);
            heard += taken.length;
            float peak = 0;
            for (float sample : taken) {
                peak = Math.max(peak, Math.abs(sample));
            }
            listener.onLevel(peak, (double) heard / rate);
            if (stopping || heard == limit) {
                dispatcher.stop();
            }
            return true;
        }

        synchronized float[] finish() {
            return resampler.finish();
        }

        @Override
        public void processingFinished() {}
    }

    /** A device that was pulled out reads nothing for ever: that is its end. */
    private static final class EndingStream extends JVMAudioInputStream {
        EndingStream(AudioInputStream stream) {
            super(stream);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            return read == 0 ? -1 : read;
        }
    }
}

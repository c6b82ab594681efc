package dev.matryoshka.media.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MediaDeviceException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recording from inputs that give what a test made. */
class RecordingTest {
    private static final double MARGIN = 0.2;

    private final Ears ears = new Ears();

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000, 44_100, 48_000, 96_000})
    void whateverTheRateTheModelGetsItsOwnWithoutTheSilence(int rate) throws Exception {
        float[] heard = record(input(rate, tone(1, 0, rate), tone(0.5, 0.5, rate), tone(0.8, 0, rate)), 30);
        assertEquals((0.5 + 2 * MARGIN) * 16_000, heard.length, 2 * Silence.FRAME);
        int zeroCrossings = 0;
        for (int i = 1; i < heard.length; i++) {
            zeroCrossings += heard[i - 1] < 0 && heard[i] >= 0 && Math.abs(heard[i] - heard[i - 1]) > 0.01 ? 1 : 0;
        }
        assertEquals(250, zeroCrossings, 3, "a tone of 500 Hz for half a second");
        assertEquals(0.5, ears.loudest, 0.01);
        assertEquals(2.3, ears.seconds, 0.01);
    }

    @Test
    void itEndsByItselfAtTheLongestSound() throws Exception {
        float[] heard = record(input(48_000, tone(3, 0.5, 48_000)), 1.5);
        assertEquals(24_000, heard.length);
        assertEquals(1.5, ears.seconds, 1e-6);
    }

    @Test
    void silenceIsSaidSo() {
        MediaDeviceException e =
                assertThrows(MediaDeviceException.class, () -> record(input(16_000, tone(1, 0.0004, 16_000)), 30));
        assertEquals("test input heard only silence", e.problem());
    }

    @Test
    void aSteadyNoiseIsKept() throws Exception {
        assertEquals(16_000, record(input(16_000, tone(1, 0.01, 16_000)), 30).length);
    }

    @Test
    void anInputThatGivesNothingIsSaidSo() {
        MediaDeviceException e = assertThrows(MediaDeviceException.class, () -> record(input(16_000, new byte[0]), 30));
        assertEquals("test input gave no sound", e.problem());
    }

    /** A device that is pulled out reads zero bytes for ever. */
    @Test
    void whatWasHeardBeforeTheInputWasPulledOutIsKept() throws Exception {
        InputStream pulled = new ByteArrayInputStream(tone(0.5, 0.5, 16_000)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return Math.max(0, super.read(bytes, offset, length));
            }
        };
        float[] heard = record(inputOf(pulled, 16_000), 30);
        assertEquals(8_000, heard.length, Silence.FRAME);
    }

    @Test
    void anInputThatIsTakenIsSaidSo() {
        AudioInput taken = new AudioInput() {
            @Override
            public String name() {
                return "test input";
            }

            @Override
            public AudioInputStream open() throws LineUnavailableException {
                throw new LineUnavailableException("in use");
            }
        };
        MediaDeviceException e = assertThrows(MediaDeviceException.class, () -> Recording.start(taken, 30, ears));
        assertEquals("test input can't be opened (in use)", e.problem());
    }

    @Test
    void finishEndsAnEndlessInput() throws Exception {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0x20;
            }
        };
        Recording recording = Recording.start(inputOf(endless, 16_000), 1e6, ears);
        assertTrue(ears.level.await(10, TimeUnit.SECONDS));
        assertTrue(recording.finish().length > 0);
        assertEquals(1, ears.end.getCount(), "ended by itself");
    }

    private float[] record(AudioInput input, double maxSeconds) throws InterruptedException {
        Recording recording = Recording.start(input, maxSeconds, ears);
        assertTrue(ears.end.await(20, TimeUnit.SECONDS));
        return recording.finish();
    }

    private static byte[] tone(double seconds, double amplitude, int rate) {
        byte[] pcm = new byte[2 * (int) Math.round(seconds * rate)];
        for (int i = 0; i < pcm.length / 2; i++) {
            int value = (int) Math.round(amplitude * 32767 * Math.sin(2 * Math.PI * 500 * i / rate));
            pcm[2 * i] = (byte) value;
            pcm[2 * i + 1] = (byte) (value >> 8);
        }
        return pcm;
    }

    private static AudioInput input(int rate, byte[]... pieces) {
        InputStream all = InputStream.nullInputStream();
        for (byte[] piece : pieces) {
            all = new SequenceInputStream(all, new ByteArrayInputStream(piece));
        }
        return inputOf(all, rate);
    }

    private static AudioInput inputOf(InputStream pcm, int rate) {
        return new AudioInput() {
            @Override
            public String name() {
                return "test input";
            }

            @Override
            public AudioInputStream open() {
                return new AudioInputStream(pcm, new AudioFormat(rate, 16, 1, true, false), AudioSystem.NOT_SPECIFIED);
            }
        };
    }

    private static final class Ears implements Recording.Listener {
        private final CountDownLatch level = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile float loudest;
        private volatile double seconds;

        @Override
        public void onLevel(float peak, double heard) {
            loudest = Math.max(loudest, peak);
            seconds = heard;
            level.countDown();
        }

        @Override
        public void onEnd() {
            end.countDown();
        }
    }
}

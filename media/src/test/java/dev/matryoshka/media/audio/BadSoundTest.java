package dev.matryoshka.media.audio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MediaFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sounds that must neither crash nor hang nor take much memory. */
class BadSoundTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures/audio");
    private static final Wav GOOD = Wav.tone(500, 0.1, 1, 16_000, 16, false);

    @TempDir
    Path folder;

    @Test
    void dataOfSizeZeroHoldsNoSound() throws IOException {
        assertRefused(
                "sound holds no sound: its data size is 0", GOOD.stating(0).bytes());
    }

    @Test
    void dataBeyondTheFileIsIncomplete() throws IOException {
        assertRefused(
                "sound is incomplete: it states 1000000 bytes of samples and holds 3200",
                GOOD.stating(1_000_000).bytes());
    }

    @Test
    void dataSizeOfAStreamMeansAllThereIs() throws IOException {
        float[] expected = decode(GOOD.bytes());
        assertArrayEquals(expected, decode(GOOD.stating(0xFFFF_FFFFL).bytes()));
        assertArrayEquals(expected, decode(GOOD.stating(0x7FFF_FFFFL).bytes()));
    }

    @Test
    void halfASampleAtTheEndIsDropped() throws IOException {
        assertEquals(1599, decode(GOOD.stating(3199).bytes()).length);
        assertRefused("sound ends before its first sample", GOOD.stating(1).bytes());
    }

    @Test
    void aHeaderThatMakesNoSenseIsRefused() throws IOException {
        assertRefused("sound states 0 channels", new Wav(1, 0, 16_000, 16, new byte[100], 100).bytes());
        assertRefused("sound states a sampling rate of 0 Hz", new Wav(1, 1, 0, 16, new byte[100], 100).bytes());
        assertRefused(
                "sound states a sampling rate of 4294967295 Hz", new Wav(1, 1, -1, 16, new byte[100], 100).bytes());
        assertRefused(
                "sound states 13 bits in frames of 1 bytes", new Wav(1, 1, 16_000, 13, new byte[100], 100).bytes());
        assertRefused("sound ends before its samples", Arrays.copyOf(GOOD.bytes(), 30));
        byte[] withoutFormat = GOOD.bytes();
        withoutFormat[24] = 'x';
        assertRefused("sound states no format before its samples", withoutFormat);
    }

    @Test
    void notANumberIsSilenceAndTheRestStaysInRange() throws IOException {
        float[] samples =
                decode(Wav.ofFloats(16_000, Float.NaN, 0.5f, Float.POSITIVE_INFINITY, -70_000, Float.MIN_VALUE)
                        .bytes());
        assertArrayEquals(new float[] {0, 0.5f, 1, -1, Float.MIN_VALUE}, samples);
    }

    @Test
    void silenceAndASingleSampleAreSounds() throws IOException {
        assertArrayEquals(
                new float[1600], decode(Wav.of16Bit(1, 16_000, new int[1600]).bytes()));
        assertArrayEquals(
                new float[] {0.5f}, decode(Wav.of16Bit(1, 16_000, 16384).bytes()));
        assertEquals(1, decode(Wav.of16Bit(1, 48_000, 16384).bytes()).length);
    }

    @Test
    void threeHoursAreRefusedWithoutReadingThem() throws IOException {
        Path file = folder.resolve("sound");
        byte[] header = Wav.of16Bit(2, 44_100).stating(3 * 3600 * 44_100L * 4).bytes();
        Files.write(file, header);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(header.length + 3 * 3600 * 44_100L * 4);
        }
        assertRefused("sound is 180 min long; the model hears at most 30.0 s", file, 30);
    }

    @Test
    void aLongMp3IsRefusedToo() throws IOException {
        byte[] mp3 = Files.readAllBytes(FIXTURES.resolve("tone.mp3"));
        ByteBuffer file = ByteBuffer.allocate(100 * mp3.length);
        while (file.hasRemaining()) {
            file.put(mp3);
        }
        Path path = Files.write(folder.resolve("sound"), file.array());
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> AudioDecoder.decode(path, 2));
        assertTrue(e.problem().endsWith(" s long; the model hears at most 2.0 s"), e.problem());
    }

    @Test
    void aCodecsPaddingIsCutOffAtTheLimit() throws IOException {
        Path file = Files.write(
                folder.resolve("sound"),
                Wav.tone(500, 2.08, 1, 16_000, 16, false).bytes());
        assertEquals(32_000, AudioDecoder.decode(file, 2).length);
        assertRefused("sound is 2.1 s long; the model hears at most 1.5 s", file, 1.5);
    }

    @Test
    void aFilmWithoutSoundIsSaidSo() throws IOException {
        assertRefused("sound has no sound track", Files.readAllBytes(FIXTURES.resolve("silent.mp4")));
    }

    @ParameterizedTest
    @CsvSource({"tone.m4a,40", "tone.m4a,60", "tone.flac,50", "tone.mp3,4", "tone.ogg,2", "tone.webm,3", "mulaw.wav,50"
    })
    void aTruncatedContainerIsIncomplete(String name, int percent) throws IOException {
        byte[] whole = Files.readAllBytes(FIXTURES.resolve(name));
        MediaFormatException e = assertThrows(
                MediaFormatException.class, () -> decode(Arrays.copyOf(whole, whole.length * percent / 100)));
        assertTrue(e.problem().startsWith("sound is incomplete"), e.problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.m4a", "tone.webm", "mulaw.wav"})
    void flippedBytesGiveASoundOrATypedError(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FIXTURES.resolve(name));
        Random random = new Random(17);
        for (int i = 0; i < 60; i++) {
            byte[] broken = whole.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                broken[random.nextInt(Math.min(300, broken.length))] = (byte) random.nextInt(256);
            }
            try {
                assertTrue(decode(broken).length > 0);
            } catch (MediaFormatException e) {
                assertTrue(e.problem().startsWith("sound "), e.problem());
            }
        }
    }

    @Test
    void whatIsNoSoundIsSaidSo() throws IOException {
        assertRefused("sound is not a sound", new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0});
        assertRefused("sound is not a sound", new byte[0]);
        assertRefused("sound is not a sound", "#EXTM3U\nfile:///etc/passwd\n".getBytes(US_ASCII));
        assertThrows(MediaFormatException.class, () -> AudioDecoder.decode(folder.resolve("missing.mp3"), 30));
        assertThrows(MediaFormatException.class, () -> AudioDecoder.decode(folder, 30));
    }

    private float[] decode(byte[] bytes) throws IOException {
        return AudioDecoder.decode(Files.write(folder.resolve("sound"), bytes), 30);
    }

    private void assertRefused(String problem, byte[] bytes) throws IOException {
        assertRefused(problem, Files.write(folder.resolve("sound"), bytes), 30);
    }

    private static void assertRefused(String problem, Path file, double maxSeconds) {
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> AudioDecoder.decode(file, maxSeconds));
        assertEquals(problem, e.problem());
    }
}

package dev.matryoshka.media.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.MediaBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class VideoDecoderTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    /** Gemma 3n's with half of its context. */
    private static final MediaBudget LARGE = new MediaBudget(16_000, 256, 188, 30);

    private static final int RED = 0xFF0000;
    private static final int GREEN = 0x00FF00;
    private static final int BLUE = 0x0000FF;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"film.mp4", "film.webm"})
    void aFrameASecondAndTheSound(String name) {
        Video video = decode(name, 1, LARGE);
        assertEquals(List.of(0.0, 1.0, 2.0), times(video));
        assertColour(RED, video.frames().get(0).image(), 32, 24);
        assertColour(GREEN, video.frames().get(1).image(), 32, 24);
        assertColour(BLUE, video.frames().get(2).image(), 32, 24);
        assertEquals(48_000, video.sound().length, 2_000);
        assertEquals(3, video.seconds(), 0.15);
        double energy = 0;
        for (int i = 16_000; i < 32_000; i++) {
            energy += video.sound()[i] * video.sound()[i] / 16_000;
        }
        assertEquals(0.5 / Math.sqrt(2), Math.sqrt(energy), 0.05);
    }

    @Test
    void atAnotherRate() {
        assertEquals(15, decode("film.mp4", 1000, LARGE).frames().size(), "all there are");
        assertEquals(List.of(0.0, 0.6, 1.0, 1.6, 2.0, 2.6), times(decode("film.mp4", 2, LARGE)));
        assertEquals(List.of(0.0), times(decode("film.mp4", 0.1, LARGE)));
    }

    /** 188 tokens go to the sound; two frames fit beside it. */
    @Test
    void noMoreFramesThanTheBudgetHolds() {
        assertEquals(List.of(0.0, 1.6), times(decode("film.mp4", 5, new MediaBudget(188 + 2 * 272, 256, 188, 30))));
        assertEquals(List.of(0.0), times(decode("film.mp4", 5, new MediaBudget(1, 256, 188, 30))));
    }

    @Test
    void soundThatIsTooLongForTheBudgetIsRefused() {
        MediaFormatException e = assertThrows(
                MediaFormatException.class, () -> decode("film.mp4", 1, new MediaBudget(400, 256, 188, 1)));
        assertEquals("film.mp4 is 3.0 s long; the model hears at most 1.0 s", e.problem());
    }

    @Test
    void aPhonesVideoIsTurnedUpright() {
        RgbImage image = decode("sideways.mp4", 1, LARGE).frames().getFirst().image();
        assertEquals(48, image.width());
        assertEquals(64, image.height());
        assertColour(RED, image, 24, 8);
        assertColour(BLUE, image, 24, 56);
    }

    /** Sought at its key frames, or decoded from end to end. */
    @ParameterizedTest
    @ValueSource(strings = {"long.mp4", "one-key-frame.mp4"})
    void tenMinutesInTwentyFrames(String name) {
        Video video = decode(name, 1, new MediaBudget(20 * 272, 256, 188, 30));
        assertEquals(600, video.seconds(), 1);
        assertEquals(0, video.sound().length);
        assertEquals(20, video.frames().size());
        for (int i = 0; i < 20; i++) {
            Video.Frame frame = video.frames().get(i);
            assertEquals(30.0 * i, frame.seconds(), 1e-6);
            int gray = frame.image().rgb()[3 * (16 * 32 + 16)] & 0xFF;
            assertEquals(i / 2 * 20 * 255 / 219.0, gray, 6, "at " + frame.seconds());
        }
    }

    @Test
    void whatHoldsSoundAloneHasNoFrames() {
        Video video = VideoDecoder.decode(FIXTURES.resolve("audio/tone.webm"), 1, LARGE);
        assertEquals(0, video.frames().size());
        assertEquals(0.5, video.seconds(), 0.05);
    }

    @Test
    void whatIsNoVideoIsSaidSo() {
        Path tone = FIXTURES.resolve("audio/tone.mp3");
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> VideoDecoder.decode(tone, 1, LARGE));
        assertEquals("tone.mp3 is not a video: choose an MP4, MOV, MKV or WebM file", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"film.mp4", "film.webm", "sideways.mp4"})
    void damagedFilesGiveAVideoOrATypedError(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FIXTURES.resolve("video").resolve(name));
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            byte[] broken = Arrays.copyOf(whole, i % 4 == 0 ? random.nextInt(whole.length) : whole.length);
            for (int flips = random.nextInt(30); flips > 0 && broken.length > 16; flips--) {
                broken[16 + random.nextInt(broken.length - 16)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve(name), broken);
            try {
                Video video = VideoDecoder.decode(file, 1, LARGE);
                assertTrue(!video.frames().isEmpty() || video.sound().length > 0);
            } catch (MediaFormatException e) {
                assertTrue(e.problem().startsWith(name), e.problem());
            }
        }
    }

    private static Video decode(String name, double rate, MediaBudget budget) {
        return VideoDecoder.decode(FIXTURES.resolve("video").resolve(name), rate, budget);
    }

    private static List<Double> times(Video video) {
        return video.frames().stream()
                .map(frame -> Math.round(frame.seconds() * 100) / 100.0)
                .toList();
    }

    private static void assertColour(int expected, RgbImage image, int x, int y) {
        for (int c = 0; c < 3; c++) {
            int value = image.rgb()[3 * (y * image.width() + x) + c] & 0xFF;
            assertEquals(expected >> (16 - 8 * c) & 0xFF, value, 40, "channel " + c);
        }
    }
}

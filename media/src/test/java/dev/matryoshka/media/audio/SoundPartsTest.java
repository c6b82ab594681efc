package dev.matryoshka.media.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundPartsTest {
    private static final int RATE = AudioDecoder.SAMPLE_RATE;

    /** Words of 1.7 s with pauses of 0.3 s, 22 s in all: pauses lie at 1.7 to 2, 3.7 to 4 and so on. */
    @Test
    void cutsLieInPausesAndNothingIsLost() {
        float[] sound = new float[22 * RATE];
        for (int i = 0; i < sound.length; i++) {
            double at = (double) i / RATE % 2;
            sound[i] = at < 1.7 ? (float) (0.3 * Math.sin(0.2 * i)) : 0.001f;
        }
        List<float[]> parts = SoundParts.split(sound, 5);
        int at = 0;
        for (float[] part : parts) {
            assertTrue(part.length <= 5 * RATE, part.length + " samples");
            assertArrayEquals(Arrays.copyOfRange(sound, at, at + part.length), part);
            at += part.length;
            double cut = (double) at / RATE % 2;
            assertTrue(at == sound.length || cut > 1.75 && cut < 1.95, "cut at " + cut);
        }
        assertEquals(sound.length, at);
        assertEquals(6, parts.size()); // at 3.85, 7.85 and so on
    }

    @Test
    void withoutPausesPartsAreAsLongAsTheyMayBe() {
        float[] steady = new float[10 * RATE];
        Arrays.fill(steady, 0.25f);
        List<float[]> parts = SoundParts.split(steady, 4);
        assertEquals(
                List.of(4 * RATE, 4 * RATE, 2 * RATE),
                parts.stream().map(p -> p.length).toList());
    }

    @Test
    void whatIsShortEnoughStaysWhole() {
        float[] sound = new float[4 * RATE];
        assertSame(sound, SoundParts.split(sound, 4).getFirst());
        assertEquals(1, SoundParts.split(new float[1], 4).size());
    }

    @Test
    void pausesAreTrimmedAtTheEndsAlone() {
        float[] sound = new float[3 * RATE];
        for (int i = RATE; i < 2 * RATE; i++) {
            sound[i] = i < 1.3 * RATE || i > 1.7 * RATE ? 0.5f : 0;
        }
        float[] trimmed = Silence.trim(sound);
        assertEquals(1.4 * RATE, trimmed.length, 2 * Silence.FRAME);
        assertEquals(0, Silence.trim(new float[RATE]).length);
        assertEquals(0, Silence.trim(new float[0]).length);
    }
}

package dev.matryoshka.media.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
    @ParameterizedTest
    @CsvSource({"48000,1000", "48000,7000", "44100,3000", "22050,6500", "8000,3400", "11025,100"})
    void aToneSurvivesInPlace(int rate, double hertz) {
        float[] output = resample(tone(hertz, rate, rate / 2), rate, 16_000);
        assertEquals(8000, output.length);
        for (int i = 1000; i < 7000; i++) {
            assertEquals(Math.sin(2 * Math.PI * hertz * i / 16_000), output[i], 2e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({"48000,12000", "48000,8100", "44100,9000", "96000,40000"})
    void whatTheNewRateCannotHoldVanishes(int rate, double hertz) {
        float[] output = resample(tone(hertz, rate, rate / 2), rate, 16_000);
        for (int i = 1000; i < 7000; i++) {
            assertEquals(0, output[i], 2e-4);
        }
    }

    @Test
    void whatTheOldRateDidNotHoldIsNotMadeUp() {
        float[] output = resample(tone(3000, 8000, 4000), 8000, 16_000);
        double mirrored = 0;
        for (int i = 1000; i < 7000; i++) {
            mirrored += output[i] * Math.sin(2 * Math.PI * 5000 * i / 16_000);
        }
        assertEquals(0, mirrored / 3000, 2e-4);
    }

    @ParameterizedTest
    @CsvSource({
        "44100,1,1",
        "48000,3,1",
        "48000,4,2",
        "8000,5,10",
        "16000,7,7",
        "44100,44100,16000",
        "44101,44101,16000"
    })
    void theLengthCoversTheInput(int rate, int samples, int expected) {
        assertEquals(expected, resample(new float[samples], rate, 16_000).length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 1000})
    void blocksMakeNoDifference(int block) {
        float[] input = tone(440, 44_100, 5000);
        Resampler resampler = new Resampler(44_100, 16_000);
        for (int i = 0; i < input.length; i += block) {
            resampler.add(Arrays.copyOfRange(input, i, Math.min(input.length, i + block)));
        }
        assertArrayEquals(resample(input, 44_100, 16_000), resampler.finish());
    }

    @Test
    void aConstantStays() {
        float[] input = new float[20_000];
        Arrays.fill(input, 0.7f);
        float[] output = resample(input, 44_100, 16_000);
        for (int i = 500; i < output.length - 500; i++) {
            assertTrue(Math.abs(output[i] - 0.7f) < 1e-5, "sample " + i + " is " + output[i]);
        }
    }

    private static float[] resample(float[] input, int from, int to) {
        Resampler resampler = new Resampler(from, to);
        resampler.add(input);
        return resampler.finish();
    }

    private static float[] tone(double hertz, int rate, int samples) {
        float[] tone = new float[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate);
        }
        return tone;
    }
}

package dev.matryoshka.engine.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogMelSpectrogramTest {
    private final LogMelSpectrogram spectrogram = new LogMelSpectrogram(AudioFeatureConfig.DEFAULT);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-multimodal/cases/audio-5000",
                "tiny-multimodal/cases/audio-12800",
                "tiny-multimodal/cases/audio-28000",
                "full-audio/full-audio-64000"
            })
    void equalsTheReference(String name) {
        try (SafetensorsFile file = Golden.open(name + ".safetensors")) {
            AudioFeatures features = spectrogram.compute(Golden.floats(file, "waveform"));
            Golden.assertClose(name, Golden.floats(file, "input_features"), features.values(), 2e-4f);
            int[] mask = Golden.ints(file, "input_features_mask");
            assertEquals(mask.length, features.frames());
            for (int i = 0; i < mask.length; i++) {
                assertEquals(mask[i] != 0, features.mask()[i], "mask of frame " + i);
            }
        }
    }

    @Test
    void halfAMinuteIsAllThatCounts() {
        AudioFeatures half = spectrogram.compute(tone(LogMelSpectrogram.MAX_SAMPLES));
        AudioFeatures whole = spectrogram.compute(tone(LogMelSpectrogram.MAX_SAMPLES + 5000));
        assertEquals(2997, half.frames());
        assertArrayEquals(half.values(), whole.values());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 512})
    void aSoundShorterThanAFrameGivesOne(int samples) {
        AudioFeatures features = spectrogram.compute(tone(samples));
        assertEquals(1, features.frames());
        assertTrue(features.mask()[0]);
    }

    @Test
    void silenceIsTheFloor() {
        float[] expected = new float[128];
        Arrays.fill(expected, (float) Math.log(1e-5f));
        assertArrayEquals(
                expected, Arrays.copyOf(spectrogram.compute(new float[3200]).values(), 128));
    }

    private static float[] tone(int samples) {
        float[] wave = new float[samples];
        for (int i = 0; i < samples; i++) {
            wave[i] = (float) Math.cos(i * 0.3);
        }
        return wave;
    }
}

package dev.matryoshka.engine.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.error.MatryoshkaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFeatureReaderTest {
    @TempDir
    Path folder;

    @Test
    void withoutAFileItIsThePublishedOne() {
        AudioFeatureConfig config = AudioFeatureReader.read(folder);
        assertEquals(AudioFeatureConfig.DEFAULT, config);
        assertEquals(512, config.frameLength());
        assertEquals(160, config.hopLength());
        assertEquals(1024, config.fftLength());
    }

    @Test
    void whatTheFileSaysCounts() throws IOException {
        write("{\"feature_size\": 80, \"frame_length_ms\": 25.0, \"fft_overdrive\": false, \"per_bin_mean\": null}");
        AudioFeatureConfig config = AudioFeatureReader.read(folder);
        assertEquals(80, config.featureSize());
        assertEquals(400, config.frameLength());
        assertEquals(512, config.fftLength());
        assertEquals(7600, config.maxFrequency());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"frame_length_ms\": 0}",
                "{\"frame_length_ms\": 1e9}",
                "{\"hop_length_ms\": -1}",
                "{\"sampling_rate\": 0}",
                "{\"max_frequency\": 100}",
                "{\"mel_floor\": 0}",
                "{\"feature_size\": \"many\"}",
                "{\"per_bin_mean\": [1]}",
                "{\"feature_size\""
            })
    void nonsenseIsATypedError(String json) throws IOException {
        write(json);
        assertThrows(MatryoshkaException.class, () -> AudioFeatureReader.read(folder));
    }

    private void write(String json) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), json);
    }
}

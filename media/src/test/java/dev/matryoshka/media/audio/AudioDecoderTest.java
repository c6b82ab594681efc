package dev.matryoshka.media.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioDecoderTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures/audio");

    @TempDir
    Path folder;

    @Test
    void sixteenBitAtTheRightRateIsExact() throws IOException {
        float[] samples =
                decode(Wav.of16Bit(1, 16_000, 0, 1, -1, 32767, -32768, 12345).bytes());
        assertArrayEquals(new float[] {0, 1 / 32768f, -1 / 32768f, 32767 / 32768f, -1, 12345 / 32768f}, samples);
    }

    @Test
    void channelsAreAveraged() throws IOException {
        float[] samples = decode(
                Wav.of16Bit(2, 16_000, 16384, 0, 16384, -16384, 8192, 8192).bytes());
        assertArrayEquals(new float[] {0.25f, 0, 0.25f}, samples);
    }

    @ParameterizedTest
    @CsvSource({
        "8,false,1,8000",
        "16,false,2,44100",
        "24,false,1,48000",
        "32,false,2,96000",
        "32,true,6,22050",
        "64,true,1,16000",
        "16,false,1,11025",
        "16,false,1,192000",
        "16,false,1,44101"
    })
    void everyWavKeepsItsTone(int bits, boolean floating, int channels, int rate) throws IOException {
        Wav wav = Wav.tone(1000, 0.2, channels, rate, bits, floating);
        assertTone(decode(wav.bytes()), 3200, 0.5, bits == 8 ? 0.01 : 0.002);
        assertArrayEquals(decode(wav.bytes()), decode(wav.extensible()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tone.mp3",
                "tone.flac",
                "tone.ogg",
                "tone.opus",
                "tone.m4a",
                "tone.aac",
                "tone.aiff",
                "tone.webm",
                "mulaw.wav"
            })
    void everyCodecKeepsItsTone(String name) {
        float[] samples = AudioDecoder.decode(FIXTURES.resolve(name), 30);
        int expected = 8000;
        int padding = name.endsWith("aac") ? 1000 : 250;
        assertTrue(
                samples.length >= expected - padding && samples.length <= expected + padding,
                samples.length + " samples");
        assertTone(samples, samples.length, 0.5, 0.06);
    }

    @ParameterizedTest
    @CsvSource({"tone.mp3,wav", "tone.flac,mp3", "tone.m4a,ogg", "mulaw.wav,flac", "tone.ogg,txt"})
    void contentCountsNotTheName(String name, String extension) throws IOException {
        Path renamed = Files.copy(FIXTURES.resolve(name), folder.resolve("sound." + extension));
        assertArrayEquals(AudioDecoder.decode(FIXTURES.resolve(name), 30), AudioDecoder.decode(renamed, 30));
    }

    private float[] decode(byte[] wav) throws IOException {
        return AudioDecoder.decode(Files.write(folder.resolve("sound.wav"), wav), 30);
    }

    /** The middle half must be a sine of 1 kHz and nothing else. */
    private static void assertTone(float[] samples, int length, double amplitude, double tolerance) {
        assertEquals(length, samples.length);
        int from = length / 4;
        int count = length / 2 / 16 * 16;
        double re = 0;
        double im = 0;
        double energy = 0;
        for (int i = from; i < from + count; i++) {
            re += samples[i] * Math.cos(2 * Math.PI * i / 16);
            im += samples[i] * Math.sin(2 * Math.PI * i / 16);
            energy += samples[i] * samples[i];
        }
        double found = 2 * Math.hypot(re, im) / count;
        assertEquals(amplitude, found, tolerance);
        double rest = Math.sqrt(Math.max(0, energy / count - found * found / 2));
        assertTrue(rest < tolerance, "noise " + rest);
    }
}

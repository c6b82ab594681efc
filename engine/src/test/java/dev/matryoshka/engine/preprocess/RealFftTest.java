package dev.matryoshka.engine.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealFftTest {
    @ParameterizedTest
    @CsvSource({"2,2", "8,5", "64,64", "256,100"})
    void equalsTheDefinition(int length, int given) {
        float[] signal = new float[given];
        Random random = new Random(3);
        for (int i = 0; i < given; i++) {
            signal[i] = random.nextFloat() - 0.5f;
        }
        double[] magnitudes = new double[length / 2 + 1];
        new RealFft(length).magnitudes(signal, magnitudes);
        for (int k = 0; k < magnitudes.length; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < given; i++) {
                re += signal[i] * Math.cos(2 * Math.PI * k * i / length);
                im += signal[i] * Math.sin(2 * Math.PI * k * i / length);
            }
            assertEquals(Math.hypot(re, im), magnitudes[k], 1e-12);
        }
    }
}

package dev.matryoshka.engine.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePreprocessorTest {
    @ParameterizedTest
    @ValueSource(strings = {"37x91", "128x128", "300x517", "1x40", "640x480"})
    void equalsTheReferenceToTheBit(String name) {
        try (SafetensorsFile file = Golden.open("preprocess/resize-" + name + ".safetensors")) {
            Tensor source = tensor(file, "source");
            RgbImage image =
                    new RgbImage(size(name, 1), size(name, 0), source.data().toArray(ValueLayout.JAVA_BYTE));
            for (int size : new int[] {64, 96, 256}) {
                byte[] expected = tensor(file, "size." + size).data().toArray(ValueLayout.JAVA_BYTE);
                assertArrayEquals(rescaled(expected), ImagePreprocessor.toPlanar(image, size), name + " to " + size);
            }
        }
    }

    @Test
    void bothLayoutsHoldTheSamePixels() {
        RgbImage image = gradient(20, 30);
        float[] planar = ImagePreprocessor.toPlanar(image, 8);
        float[] interleaved = ImagePreprocessor.toInterleaved(image, 8);
        for (int i = 0; i < 64; i++) {
            for (int c = 0; c < 3; c++) {
                assertEquals(planar[c * 64 + i], interleaved[i * 3 + c]);
            }
        }
    }

    @Test
    void aPictureOfTheRightSizeStaysAsItIs() {
        RgbImage image = gradient(64, 64);
        assertArrayEquals(image.rgb(), ImagePreprocessor.resize(image, 64));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,50000", "50000,1", "1,2000000", "2000000,1", "3,2"})
    void aFlatPictureStaysFlatWhateverItsShape(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 200);
        byte[] resized = ImagePreprocessor.resize(new RgbImage(width, height, rgb), 32);
        byte[] expected = new byte[3 * 32 * 32];
        Arrays.fill(expected, (byte) 200);
        assertArrayEquals(expected, resized);
    }

    private static Tensor tensor(SafetensorsFile file, String name) {
        return Objects.requireNonNull(file.find(name));
    }

    private static int size(String name, int part) {
        return Integer.parseInt(name.split("x", -1)[part]);
    }

    private static float[] rescaled(byte[] pixels) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[i] & 0xFF) * (1 / 255f);
        }
        return values;
    }

    private static RgbImage gradient(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7);
        }
        return new RgbImage(width, height, rgb);
    }
}

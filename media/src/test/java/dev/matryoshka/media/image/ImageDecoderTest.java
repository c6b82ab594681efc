package dev.matryoshka.media.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.preprocess.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures/image");
    private static final int[] RED = {220, 30, 30};
    private static final int[] GREEN = {20, 160, 60};
    private static final int[] BLUE = {30, 60, 200};
    private static final int[] YELLOW = {240, 210, 40};
    private static final int[] WHITE = {255, 255, 255};

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "lossless.webp,0",
        "lossy.webp,4",
        "animated.webp,0",
        "animated.gif,0",
        "baseline.jpg,2",
        "progressive.jpg,2",
        "cmyk.jpg,2",
        "rotated.jpg,2",
        "rotated.webp,0",
        "rotated.png,0",
        "palette.png,0",
        "palette.bmp,0",
        "rgb.bmp,0",
        "rgb48.png,1"
    })
    void everyFormatGivesTheSamePicture(String name, int tolerance) {
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve(name)), tolerance, RED, GREEN, BLUE, YELLOW);
    }

    @ParameterizedTest
    @CsvSource({"alpha.png,0", "alpha-lossless.webp,0", "alpha-lossy.webp,4"})
    void transparencyLiesOverWhite(String name, int tolerance) {
        int[] halfGreen = {137, 207, 157};
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve(name)), tolerance, RED, halfGreen, WHITE, WHITE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"palette-transparent.png", "rgb-transparent.png"})
    void aTransparentColorIsWhite(String name) {
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve(name)), 0, WHITE, GREEN, BLUE, YELLOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gray.png", "gray16.png", "gray.jpg"})
    void grayIsNotBrightened(String name) {
        int[][] gray = {{87, 87, 87}, {107, 107, 107}, {67, 67, 67}, {200, 200, 200}};
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve(name)), 1, gray);
    }

    @Test
    void grayWithAlphaAndBlackAndWhite() {
        int[] half = {181, 181, 181};
        assertQuadrants(
                ImageDecoder.decode(FIXTURES.resolve("gray-alpha.png")), 1, new int[] {87, 87, 87}, half, WHITE, WHITE);
        int[] black = {0, 0, 0};
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve("bilevel.png")), 0, black, black, black, WHITE);
    }

    @Test
    void sixteenBitsWithAlpha() {
        assertQuadrants(ImageDecoder.decode(FIXTURES.resolve("rgba64.png")), 1, RED, GREEN, BLUE, YELLOW);
    }

    @ParameterizedTest
    @CsvSource({"lossless.webp,jpg", "cmyk.jpg,png", "palette.png,gif", "animated.gif,txt", "rgb.bmp,webp"})
    void contentCountsNotTheName(String name, String extension) throws IOException {
        Path renamed = Files.copy(FIXTURES.resolve(name), folder.resolve("picture." + extension));
        assertQuadrants(ImageDecoder.decode(renamed), 2, RED, GREEN, BLUE, YELLOW);
    }

    @Test
    void bytesAndFilesGiveTheSame() throws IOException {
        Path file = FIXTURES.resolve("rotated.jpg");
        assertArrayEquals(
                ImageDecoder.decode(file).rgb(),
                ImageDecoder.decode(Files.readAllBytes(file), "rotated").rgb());
    }

    private static void assertQuadrants(RgbImage image, int tolerance, int[]... colors) {
        assertEquals(48, image.width());
        assertEquals(32, image.height());
        for (int quadrant = 0; quadrant < 4; quadrant++) {
            int x = quadrant % 2 == 0 ? 8 : 40;
            int y = quadrant < 2 ? 8 : 24;
            for (int c = 0; c < 3; c++) {
                int value = image.rgb()[3 * (y * 48 + x) + c] & 0xFF;
                int expected = colors[quadrant][c];
                assertTrue(
                        Math.abs(value - expected) <= tolerance,
                        "quadrant " + quadrant + " channel " + c + ": expected " + expected + ", was " + value);
            }
        }
    }
}

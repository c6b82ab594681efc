package dev.matryoshka.media.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.engine.preprocess.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that must neither crash nor hang nor take much memory. */
class BadPictureTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures/image");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpg", "webp"})
    void aHugeHeaderIsRefusedBeforeAnythingIsDecoded(String format) throws IOException {
        byte[] file = switch (format) {
            case "png" -> hugePng(50_000, 50_000);
            case "gif" -> hugeGif(50_000, 50_000);
            case "bmp" -> hugeBmp(20_000, 10_000);
            case "jpg" -> hugeJpeg(50_000, 50_000);
            default -> hugeWebp(16_384, 16_384);
        };
        int megapixels = format.equals("webp") ? 20 : 100;
        assertRefused("scale it down to " + megapixels + " megapixels or fewer", file);
    }

    @Test
    void theHeadersProductMayNotOverflow() {
        assertRefused("scale it down to 100 megapixels or fewer", hugePng(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    private static void assertRefused(String remedy, byte[] file) {
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(file, "huge"));
        assertEquals(remedy, e.remedy());
    }

    @ParameterizedTest
    @CsvSource({"png,5", "png,60", "png,95", "jpg,5", "jpg,60", "jpg,95", "gif,60", "gif,95", "bmp,5", "bmp,95"})
    void aTruncatedFileIsSaidToBeIncomplete(String format, int percent) throws IOException {
        byte[] whole = noise(format);
        byte[] cut = Arrays.copyOf(whole, whole.length * percent / 100);
        assertEquals(64, ImageDecoder.decode(whole, "whole").width());
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(cut, "cut"));
        assertEquals("cut is incomplete or damaged", e.problem());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lossless.webp",
                "lossy.webp",
                "alpha-lossy.webp",
                "animated.webp",
                "animated.gif",
                "progressive.jpg",
                "cmyk.jpg",
                "palette.png",
                "rgb48.png",
                "palette.bmp"
            })
    void anyCutGivesAPictureOrATypedError(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FIXTURES.resolve(name));
        for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 60)) {
            decodeOrRefuse(Arrays.copyOf(whole, length));
        }
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(half, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lossless.webp",
                "lossy.webp",
                "alpha-lossy.webp",
                "animated.webp",
                "animated.gif",
                "progressive.jpg",
                "rotated.jpg",
                "cmyk.jpg",
                "palette.png",
                "rgb48.png",
                "palette.bmp"
            })
    void flippedBytesGiveAPictureOrATypedError(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FIXTURES.resolve(name));
        Random random = new Random(11);
        for (int i = 0; i < 60; i++) {
            byte[] broken = whole.clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            decodeOrRefuse(broken);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,3000", "3000,1", "1,1", "50000,1", "1,50000"})
    void oneColumnOrRowIsAPicture(int width, int height) throws IOException {
        RgbImage image = ImageDecoder.decode(written("png", new BufferedImage(width, height, 5)), "line");
        assertEquals(width, image.width());
        assertEquals(height, image.height());
    }

    @Test
    void whatIsNoPictureIsSaidSo() throws IOException {
        Path program = Files.write(folder.resolve("program.png"), new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0});
        Path empty = Files.write(folder.resolve("empty.jpg"), new byte[0]);
        for (Path file : new Path[] {program, empty}) {
            MediaFormatException e = assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(file));
            assertEquals(file.getFileName() + " is not a picture", e.problem());
        }
        assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(folder.resolve("missing.png")));
        assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(folder));
    }

    @Test
    void phonesAreToldWhatToDoWithHeic() {
        byte[] heic = "\0\0\0\30ftypheic\0\0\0\0".getBytes(ISO_8859_1);
        MediaFormatException e = assertThrows(MediaFormatException.class, () -> ImageDecoder.decode(heic, "IMG_1"));
        assertEquals("IMG_1 is a HEIF picture, which is not supported", e.problem());
    }

    @Test
    void veryLargePicturesAreReadInHalf() throws IOException {
        BufferedImage large = new BufferedImage(8000, 5200, BufferedImage.TYPE_BYTE_BINARY);
        RgbImage image = ImageDecoder.decode(written("png", large), "large");
        assertEquals(4000, image.width());
        assertEquals(2600, image.height());
    }

    private static void decodeOrRefuse(byte[] file) {
        try {
            ImageDecoder.decode(file, "broken");
        } catch (MediaFormatException e) {
            assertTrue(e.problem().startsWith("broken "), e.problem());
        }
    }

    private static byte[] noise(String format) throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
        }
        return written(format, image);
    }

    private static byte[] written(String format, BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return out.toByteArray();
    }

    private static byte[] hugePng(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(33);
        header.putLong(0x89504E470D0A1A0AL).putInt(13).put(ascii("IHDR"));
        header.putInt(width).putInt(height).put(new byte[] {8, 6, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array(), 12, 17);
        header.putInt((int) crc.getValue());
        ByteBuffer file = ByteBuffer.allocate(100).put(header.flip());
        return file.putInt(20).put(ascii("IDAT")).array();
    }

    private static byte[] hugeGif(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).put(ascii("GIF89a"));
        file.putShort((short) width).putShort((short) height).put(new byte[] {(byte) 0x80, 0, 0, 0, 0, 0, 9, 9, 9, ','
        });
        file.putShort((short) 0).putShort((short) 0).putShort((short) width).putShort((short) height);
        return file.put(new byte[] {0, 2, 1, 0, 0}).array();
    }

    private static byte[] hugeBmp(int width, int height) {
        ByteBuffer file =
                ByteBuffer.allocate(1200).order(ByteOrder.LITTLE_ENDIAN).put(ascii("BM"));
        file.putInt(1200).putInt(0).putInt(1078).putInt(40).putInt(width).putInt(height);
        return file.putShort((short) 1).putShort((short) 8).array();
    }

    private static byte[] hugeJpeg(int width, int height) throws IOException {
        byte[] file = noise("jpg");
        for (int i = 0; i < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xC0) {
                ByteBuffer.wrap(file, i + 5, 4).putShort((short) height).putShort((short) width);
                return file;
            }
        }
        throw new AssertionError("no frame header");
    }

    /** A lossless picture's header: signature, then 14 bits of width - 1 and of height - 1. */
    private static byte[] hugeWebp(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii("RIFF"))
                .putInt(32);
        file.put(ascii("WEBPVP8L")).putInt(20).put((byte) 0x2F);
        return file.putInt((height - 1) << 14 | (width - 1)).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}

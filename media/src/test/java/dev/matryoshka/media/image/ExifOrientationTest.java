package dev.matryoshka.media.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.MediaFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExifOrientationTest {
    /** What the camera stored for the upright picture "ab/cd/ef" (two columns, three rows), by the EXIF standard. */
    @ParameterizedTest
    @CsvSource({
        "1,ab/cd/ef", "2,ba/dc/fe", "3,fe/dc/ba", "4,ef/cd/ab",
        "5,ace/bdf", "6,bdf/ace", "7,fdb/eca", "8,eca/fdb"
    })
    void everyOrientationIsTurnedUpright(int value, String stored) {
        assertEquals("ab/cd/ef", text(new ExifOrientation(value).apply(image(stored))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"II", "MM"})
    void bothByteOrdersAreRead(String order) {
        assertEquals(6, read(jpeg(order, 1, 6)).value());
    }

    @Test
    void whatMakesNoSenseIsUpright() {
        assertEquals(1, read(jpeg("MM", 1, 9)).value());
        assertEquals(1, read(jpeg("MM", 60_000, 6)).value());
        assertEquals(
                1,
                read(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xE1, 0, 0, 0, 0})
                        .value());
        assertEquals(1, read(new byte[] {(byte) 0xFF, (byte) 0xD8}).value());
    }

    private static ExifOrientation read(byte[] jpeg) {
        return ExifOrientation.read(jpeg, MediaFormat.JPEG);
    }

    /** A JPEG file as far as its EXIF segment. */
    private static byte[] jpeg(String order, int entries, int value) {
        ByteBuffer file = ByteBuffer.allocate(64);
        file.putInt(0xFFD8FFE1).putShort((short) 60).put("Exif\0\0".getBytes(US_ASCII));
        file.order(order.equals("II") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        file.put((byte) order.charAt(0))
                .put((byte) order.charAt(1))
                .putShort((short) 42)
                .putInt(8);
        int tag = entries == 1 ? 0x0112 : 0x0100;
        file.putShort((short) entries)
                .putShort((short) tag)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) value);
        return file.array();
    }

    private static RgbImage image(String rows) {
        String[] lines = rows.split("/", -1);
        int width = lines[0].length();
        byte[] rgb = new byte[3 * width * lines.length];
        for (int i = 0; i < width * lines.length; i++) {
            rgb[3 * i] = (byte) lines[i / width].charAt(i % width);
        }
        return new RgbImage(width, lines.length, rgb);
    }

    private static String text(RgbImage image) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < image.width() * image.height(); i++) {
            text.append(i > 0 && i % image.width() == 0 ? "/" : "").append((char) image.rgb()[3 * i]);
        }
        return text.toString();
    }
}

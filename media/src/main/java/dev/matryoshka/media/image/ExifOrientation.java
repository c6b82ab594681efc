package dev.matryoshka.media.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.MediaFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How the camera was held: EXIF tag 0x0112 of a JPEG, PNG or WebP file.
 *
 * @param value 1 upright, 2 mirrored, 3 upside down, 4 mirrored upside down, 5 mirrored and lying on its left,
 *     6 to be turned right, 7 mirrored and lying on its right, 8 to be turned left
 */
public record ExifOrientation(int value) {
    private static final ExifOrientation UPRIGHT = new ExifOrientation(1);
    private static final String PREFIX = "Exif\0\0";
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;
    private static final int APP1 = 0xE1;
    private static final int START_OF_SCAN = 0xDA;
    private static final int PNG_EXIF = 0x65584966; // "eXIf"
    private static final int WEBP_EXIF = 0x46495845; // "EXIF" read backwards

    /** Reads a file's bytes; upright where nothing else is said. */
    static ExifOrientation read(byte[] file, MediaFormat format) {
        try {
            return switch (format) {
                case JPEG -> fromJpeg(ByteBuffer.wrap(file));
                case PNG -> fromPng(ByteBuffer.wrap(file));
                case WEBP -> fromWebp(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
                default -> UPRIGHT;
            };
        } catch (IndexOutOfBoundsException e) {
            return UPRIGHT;
        }
    }

    /** Segments up to the picture itself: FF, marker, length with its own two bytes. */
    private static ExifOrientation fromJpeg(ByteBuffer file) {
        int at = 2;
        while ((file.get(at) & 0xFF) == 0xFF) {
            int marker = file.get(at + 1) & 0xFF;
            if (marker == 0xFF) { // padding
                at++;
                continue;
            }
            if (marker == START_OF_SCAN) {
                break;
            }
            int length = file.getShort(at + 2) & 0xFFFF;
            if (marker == APP1 && startsWithPrefix(file, at + 4)) {
                return fromTiff(file.slice(at + 4 + PREFIX.length(), length - 2 - PREFIX.length()));
            }
            at += 2 + length;
        }
        return UPRIGHT;
    }

    /** Chunks: length, type, data, checksum. */
    private static ExifOrientation fromPng(ByteBuffer file) {
        long at = 8;
        while (at < file.limit()) {
            int chunk = (int) at;
            long length = Integer.toUnsignedLong(file.getInt(chunk));
            if (file.getInt(chunk + 4) == PNG_EXIF) {
                return fromTiff(file.slice(chunk + 8, file.getInt(chunk)));
            }
            at += 12 + length;
        }
        return UPRIGHT;
    }

    /** Chunks: type, length, data, padded to an even length. */
    private static ExifOrientation fromWebp(ByteBuffer file) {
        long at = 12;
        while (at < file.limit()) {
            int chunk = (int) at;
            long length = Integer.toUnsignedLong(file.getInt(chunk + 4));
            if (file.getInt(chunk) == WEBP_EXIF) {
                int prefix = startsWithPrefix(file, chunk + 8) ? PREFIX.length() : 0;
                return fromTiff(file.slice(chunk + 8 + prefix, file.getInt(chunk + 4) - prefix));
            }
            at += 8 + length + length % 2;
        }
        return UPRIGHT;
    }

    private static boolean startsWithPrefix(ByteBuffer file, int at) {
        byte[] start = new byte[PREFIX.length()];
        file.get(at, start);
        return new String(start, ISO_8859_1).equals(PREFIX);
    }

    /** A TIFF header and its first directory. */
    private static ExifOrientation fromTiff(ByteBuffer tiff) {
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + i * ENTRY_BYTES;
            if ((tiff.getShort(entry) & 0xFFFF) == TAG && tiff.getShort(entry + 2) == SHORT) {
                int value = tiff.getShort(entry + 8);
                return value >= 1 && value <= 8 ? new ExifOrientation(value) : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /** The picture turned upright. */
    public RgbImage apply(RgbImage image) {
        int width = image.width();
        int height = image.height();
        int right = width - 1;
        int bottom = (height - 1) * width;
        // Where the upright picture's first pixel lies, and how far it is from there to the next column and row.
        return switch (value) {
            case 2 -> copy(image, width, height, right, -1, width);
            case 3 -> copy(image, width, height, bottom + right, -1, -width);
            case 4 -> copy(image, width, height, bottom, 1, -width);
            case 5 -> copy(image, height, width, 0, width, 1);
            case 6 -> copy(image, height, width, bottom, -width, 1);
            case 7 -> copy(image, height, width, bottom + right, -width, -1);
            case 8 -> copy(image, height, width, right, width, -1);
            default -> image;
        };
    }

    private static RgbImage copy(RgbImage image, int width, int height, int first, int column, int row) {
        byte[] from = image.rgb();
        byte[] to = new byte[from.length];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int source = 3 * (first + y * row + x * column);
                to[at++] = from[source];
                to[at++] = from[source + 1];
                to[at++] = from[source + 2];
            }
        }
        return new RgbImage(width, height, to);
    }
}

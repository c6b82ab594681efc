package dev.matryoshka.media.image;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.MediaFormat;
import dev.matryoshka.media.MediaType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * Picture files to pixels: PNG, JPEG, WebP, GIF and BMP, told by content. EXIF rotation is applied, transparency lies over
 * white, of an animation the first frame counts. Embedded colour profiles are ignored, as the reference does.
 */
public final class ImageDecoder {
    /** Larger pictures are refused from their header alone. */
    private static final long MAX_PIXELS = 100_000_000;
    /** Above this every second pixel of every second row is read: far more than the model takes, in a quarter of the memory. */
    private static final long MAX_PIXELS_READ_WHOLE = 40_000_000;

    /** Larger files are refused: they are held in memory while they are decoded. */
    private static final long MAX_FILE_BYTES = 256L << 20;

    /** The lossy WebP reader takes about 27 bytes for a pixel. */
    private static final long MAX_WEBP_PIXELS = 20_000_000;

    private static final int WEBP_LOOK_AHEAD = 64;

    private static final Set<MediaFormat> SUPPORTED =
            Set.of(MediaFormat.PNG, MediaFormat.JPEG, MediaFormat.WEBP, MediaFormat.GIF, MediaFormat.BMP);
    private static final String REMEDY = "choose a PNG, JPEG, WebP, GIF or BMP picture";

    private ImageDecoder() {}

    /**
     * Decodes a file.
     *
     * @throws MediaFormatException it is missing, incomplete, damaged, too large or not a picture
     */
    public static RgbImage decode(Path file) {
        String name = file.getFileName().toString();
        requireSupported(name, MediaFormat.of(file));
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new MediaFormatException(
                        name + " is a file of " + (Files.size(file) >> 20) + " MB",
                        "save it as a JPEG or PNG picture of at most " + (MAX_FILE_BYTES >> 20) + " MB");
            }
            return decode(Files.readAllBytes(file), name);
        } catch (IOException e) {
            throw new MediaFormatException(
                    file + " can't be read (" + e.getMessage() + ")", "check that it is a file you may read", e);
        }
    }

    /**
     * Decodes a file's bytes.
     *
     * @param name what messages call it
     * @throws MediaFormatException they are incomplete, damaged, of too many pixels or not a picture
     */
    public static RgbImage decode(byte[] bytes, String name) {
        MediaFormat format = MediaFormat.of(bytes);
        requireSupported(name, format);
        byte[] input = format == MediaFormat.WEBP ? withLookAhead(bytes, name) : bytes;
        ImageReader reader = readerOf(format, name);
        try {
            RgbImage image = decode(reader, input, maxPixels(format), name);
            return ExifOrientation.read(bytes, format).apply(image);
        } catch (MediaFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers meet damaged files with exceptions of any kind
            throw damaged(name, e);
        } finally {
            reader.dispose();
        }
    }

    private static RgbImage decode(ImageReader reader, byte[] bytes, long maxPixels, String name) throws IOException {
        reader.setInput(new PictureInput(bytes), false, true);
        ImageReadParam param = reader.getDefaultReadParam();
        if (pixels(reader, maxPixels, name) > MAX_PIXELS_READ_WHOLE) {
            param.setSourceSubsampling(2, 2, 0, 0);
        }
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage frame = reader.read(0, param);
        // The JPEG reader fills what is missing with gray and only warns, in libjpeg's words.
        if (warnings.stream().anyMatch(warning -> warning.contains("premature end"))) {
            throw damaged(name, null);
        }
        return RasterPixels.overWhite(frame);
    }

    private static void requireSupported(String name, MediaFormat format) {
        if (format.type() != MediaType.PICTURE) {
            throw new MediaFormatException(name + " is not a picture", REMEDY);
        }
        if (!SUPPORTED.contains(format)) {
            throw new MediaFormatException(
                    name + " is a " + format.label() + " picture, which is not supported", REMEDY);
        }
    }

    /** Plug-ins are looked for when the first picture is read, not before. */
    private static ImageReader readerOf(MediaFormat format, String name) {
        try {
            ImageIO.setUseCache(false);
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.label());
            if (readers.hasNext()) {
                return readers.next();
            }
        } catch (LinkageError e) { // the runtime of a small bundle has no java.desktop
            throw new MediaFormatException(
                    name + " is a picture, and this bundle reads none", "use the whole program for pictures", e);
        }
        throw new MediaFormatException("the reader of " + format.label() + " pictures is missing", "install again");
    }

    private static long maxPixels(MediaFormat format) {
        return format == MediaFormat.WEBP ? MAX_WEBP_PIXELS : MAX_PIXELS;
    }

    /** Width times height by the header. */
    private static long pixels(ImageReader reader, long maxPixels, String name) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        long pixels = (long) width * height;
        if (pixels > maxPixels) {
            throw new MediaFormatException(
                    name + " has " + width + " x " + height + " pixels",
                    "scale it down to " + maxPixels / 1_000_000 + " megapixels or fewer");
        }
        return pixels;
    }

    /** The lossless WebP reader looks ahead, and takes zeros for the missing end of an incomplete file. */
    private static byte[] withLookAhead(byte[] webp, String name) {
        long size = Integer.toUnsignedLong(
                ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        if (8 + size > webp.length) {
            throw damaged(name, null);
        }
        return Arrays.copyOf(webp, webp.length + WEBP_LOOK_AHEAD);
    }

    private static MediaFormatException damaged(String name, @Nullable Exception cause) {
        return new MediaFormatException(name + " is incomplete or damaged", "fetch or save it again", cause);
    }
}

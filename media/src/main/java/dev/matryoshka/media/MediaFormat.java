package dev.matryoshka.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.matryoshka.engine.error.MediaFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** File formats, told by their first bytes. */
public enum MediaFormat {
    PNG("PNG", MediaType.PICTURE),
    JPEG("JPEG", MediaType.PICTURE),
    WEBP("WebP", MediaType.PICTURE),
    GIF("GIF", MediaType.PICTURE),
    BMP("BMP", MediaType.PICTURE),
    TIFF("TIFF", MediaType.PICTURE),
    /** HEIC, as phones make it, and AVIF. */
    HEIF("HEIF", MediaType.PICTURE),
    WAV("WAV", MediaType.SOUND),
    /** Other relatives of WAV: RF64, AIFF. */
    AIFF("AIFF", MediaType.SOUND),
    MP3("MP3", MediaType.SOUND),
    AAC("AAC", MediaType.SOUND),
    FLAC("FLAC", MediaType.SOUND),
    /** Vorbis or Opus. */
    OGG("Ogg", MediaType.SOUND),
    M4A("M4A", MediaType.SOUND),
    MP4("MP4", MediaType.VIDEO),
    MATROSKA("Matroska", MediaType.VIDEO),
    UNKNOWN("unknown", MediaType.UNKNOWN);

    /** Bytes that {@link #of(byte[])} looks at. */
    public static final int HEAD = 16;

    private static final Set<String> HEIF_BRANDS =
            Set.of("heic", "heix", "heim", "heis", "mif1", "msf1", "avif", "avis");
    private static final Set<String> M4A_BRANDS = Set.of("M4A ", "M4B ", "M4P ");

    private final String label;
    private final MediaType type;

    MediaFormat(String label, MediaType type) {
        this.label = label;
        this.type = type;
    }

    /** The name that people know it by. */
    public String label() {
        return label;
    }

    public MediaType type() {
        return type;
    }

    /**
     * The format of a file.
     *
     * @throws MediaFormatException there is no such file, or it can't be read
     */
    public static MediaFormat of(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MediaFormatException("there is no file " + file, "check the path");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD));
        } catch (IOException e) {
            throw new MediaFormatException(
                    file + " can't be read (" + e.getMessage() + ")", "check that it is a file you may read", e);
        }
    }

    /** The format of what starts with these bytes. */
    public static MediaFormat of(byte[] head) {
        String text = new String(head, 0, Math.min(head.length, HEAD), ISO_8859_1);
        if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
            return PNG;
        } else if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return JPEG;
        } else if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return GIF;
        } else if (text.startsWith("BM") && text.startsWith("\0\0\0\0", 6)) {
            return BMP;
        } else if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
            return TIFF;
        } else if (text.startsWith("RIFF")) {
            return text.startsWith("WAVE", 8) ? WAV : text.startsWith("WEBP", 8) ? WEBP : UNKNOWN;
        } else if (text.startsWith("ftyp", 4)) {
            return ofBrand(text.substring(Math.min(8, text.length()), Math.min(12, text.length())));
        }
        return ofSound(text);
    }

    private static MediaFormat ofBrand(String brand) {
        return HEIF_BRANDS.contains(brand) ? HEIF : M4A_BRANDS.contains(brand) ? M4A : MP4;
    }

    private static MediaFormat ofSound(String text) {
        if (text.startsWith("fLaC")) {
            return FLAC;
        } else if (text.startsWith("OggS")) {
            return OGG;
        } else if (text.startsWith("ID3")) {
            return MP3;
        } else if (text.startsWith("\u001aE\u00df\u00a3")) {
            return MATROSKA;
        } else if ((text.startsWith("RF64") && text.startsWith("WAVE", 8))
                || (text.startsWith("FORM") && text.startsWith("AIF", 8))) {
            return AIFF;
        } else if (text.length() >= 4 && text.charAt(0) == 0xFF) {
            return ofFrameHeader(text.charAt(1), text.charAt(2));
        }
        return UNKNOWN;
    }

    /** A bare stream of MPEG frames: 11 or 12 bits of sync, then version, layer, bit rate and sampling rate. */
    private static MediaFormat ofFrameHeader(int second, int third) {
        if ((second & 0xF6) == 0xF0) {
            return AAC;
        }
        boolean layer3 = (second & 0xE6) == 0xE2;
        boolean version = (second & 0x18) != 0x08;
        boolean bitRate = (third & 0xF0) != 0xF0;
        boolean samplingRate = (third & 0x0C) != 0x0C;
        return layer3 && version && bitRate && samplingRate ? MP3 : UNKNOWN;
    }
}

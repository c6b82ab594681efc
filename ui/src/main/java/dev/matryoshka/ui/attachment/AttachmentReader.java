package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.media.MediaType;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.image.ImageDecoder;
import java.nio.file.Path;

/** Reads files into attachments; what a file is, its content says. */
public final class AttachmentReader {
    private AttachmentReader() {}

    /**
     * Reads a file. Takes a while: never call it on the UI thread.
     *
     * @param maxSeconds longest sound that is accepted
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is neither a picture nor a sound, or damaged
     */
    public static Attachment.Ready read(Path file, double maxSeconds) {
        String name = name(file);
        return switch (MediaType.of(file)) {
            case PICTURE -> new Attachment.Picture(name, ImageDecoder.decode(file));
            case SOUND -> new Attachment.Sound(name, AudioDecoder.decode(file, maxSeconds));
            case VIDEO ->
                throw new MediaFormatException(
                        name + " is a video, which this version can't take", "add a picture or the sound of it");
            case UNKNOWN ->
                throw new MediaFormatException(
                        name + " is neither a picture nor a sound that can be read",
                        "add PNG, JPEG, WebP, GIF or BMP, or WAV, MP3, FLAC, OGG or M4A");
        };
    }

    /** A file's name for people. */
    public static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}

package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.media.MediaType;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.media.video.Video;
import dev.matryoshka.media.video.VideoDecoder;
import java.nio.file.Path;

/** Reads files into attachments; what a file is, its content says. */
public final class AttachmentReader {
    private AttachmentReader() {}

    /**
     * Reads a file. Takes a while: never call it on the UI thread.
     *
     * @param budget what long sounds and videos may take
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is none of these, damaged or too long
     */
    public static Attachment.Ready read(Path file, MediaBudget budget) {
        String name = name(file);
        return switch (MediaType.of(file)) {
            case PICTURE -> new Attachment.Picture(name, ImageDecoder.decode(file));
            case SOUND -> sound(name, AudioDecoder.decode(file, budget.soundSeconds(1)), budget);
            case VIDEO -> {
                Video video = VideoDecoder.decode(file, VideoDecoder.FRAMES_PER_SECOND, budget);
                yield video.frames().isEmpty()
                        ? sound(name, video.sound(), budget)
                        : new Attachment.Film(name, video, video.parts(budget.audioSeconds()));
            }
            case UNKNOWN ->
                throw new MediaFormatException(
                        name + " is neither a picture, a sound nor a video that can be read",
                        "add PNG, JPEG, WebP, GIF or BMP, WAV, MP3, FLAC, OGG or M4A, MP4, MOV, MKV or WebM");
        };
    }

    private static Attachment.Sound sound(String name, float[] samples, MediaBudget budget) {
        return new Attachment.Sound(name, samples, SoundParts.of(samples, budget.audioSeconds()));
    }

    /** A file's name for people. */
    public static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}

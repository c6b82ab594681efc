package dev.matryoshka.app.history;

import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.media.audio.WavWriter;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.media.image.PngWriter;
import dev.matryoshka.media.video.Video;
import dev.matryoshka.media.video.Video.Frame;
import dev.matryoshka.ui.attachment.Attachment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Attachments as files without loss: PNG, and WAV of floats. */
final class Media {
    private static final String PICTURE = "picture";
    private static final String SOUND = "sound";

    private Media() {}

    /**
     * A file of an attachment.
     *
     * @param type {@code picture} or {@code sound}
     * @param seconds where in a video it stands
     */
    record Part(String type, double seconds, byte[] bytes) {
        /** What it is stored under. */
        String hash() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(type.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest.digest(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        }
    }

    static String kind(Attachment.Ready attachment) {
        return switch (attachment) {
            case Attachment.Picture picture -> PICTURE;
            case Attachment.Sound sound -> SOUND;
            case Attachment.Film film -> "video";
        };
    }

    /** Length of a video, 0 for the rest. */
    static double seconds(Attachment.Ready attachment) {
        return attachment instanceof Attachment.Film film ? film.video().seconds() : 0;
    }

    static List<Part> parts(Attachment.Ready attachment) {
        List<Part> parts = new ArrayList<>();
        switch (attachment) {
            case Attachment.Picture picture -> parts.add(new Part(PICTURE, 0, PngWriter.bytes(picture.image())));
            case Attachment.Sound sound -> parts.add(new Part(SOUND, 0, WavWriter.bytes(sound.samples())));
            case Attachment.Film film -> {
                for (Frame frame : film.video().frames()) {
                    parts.add(new Part(PICTURE, frame.seconds(), PngWriter.bytes(frame.image())));
                }
                if (film.video().sound().length > 0) {
                    parts.add(new Part(SOUND, 0, WavWriter.bytes(film.video().sound())));
                }
            }
        }
        return parts;
    }

    static Attachment.Ready attachment(
            String kind, String name, double seconds, List<Part> parts, double audioSeconds) {
        return switch (kind) {
            case PICTURE ->
                new Attachment.Picture(
                        name, ImageDecoder.decode(parts.getFirst().bytes(), name));
            case SOUND -> {
                float[] samples = WavWriter.samples(parts.getFirst().bytes());
                yield new Attachment.Sound(name, samples, SoundParts.of(samples, audioSeconds));
            }
            default -> {
                List<Frame> frames = new ArrayList<>();
                float[] sound = new float[0];
                for (Part part : parts) {
                    if (part.type().equals(SOUND)) {
                        sound = WavWriter.samples(part.bytes());
                    } else {
                        frames.add(new Frame(part.seconds(), ImageDecoder.decode(part.bytes(), name)));
                    }
                }
                Video video = new Video(seconds, frames, sound);
                yield new Attachment.Film(name, video, video.parts(audioSeconds));
            }
        };
    }
}

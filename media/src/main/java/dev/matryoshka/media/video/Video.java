package dev.matryoshka.media.video;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.audio.SoundParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a model gets of a video.
 *
 * @param seconds its length
 * @param frames in their order; none where the file holds sound alone
 * @param sound mono at 16 kHz; empty where the video is silent
 */
public record Video(double seconds, List<Frame> frames, float[] sound) {
    /**
     * One picture of it.
     *
     * @param seconds from the start
     */
    public record Frame(double seconds, RgbImage image) {}

    /**
     * As a prompt: each frame after its time, then the sound.
     *
     * @param audioSeconds longest sound that the model hears at once
     */
    public List<PromptPart> parts(double audioSeconds) {
        List<PromptPart> parts = new ArrayList<>();
        for (Frame frame : frames) {
            parts.add(new PromptPart.Text("Frame at " + time(frame.seconds) + ":"));
            parts.add(new PromptPart.Image(frame.image));
        }
        if (sound.length > 0) {
            parts.addAll(SoundParts.of(sound, audioSeconds));
        }
        return parts;
    }

    /** Its length in minutes and seconds. */
    public String time() {
        return time(seconds);
    }

    private static String time(double seconds) {
        return String.format(Locale.ROOT, "%d:%02d", (int) seconds / 60, (int) seconds % 60);
    }
}

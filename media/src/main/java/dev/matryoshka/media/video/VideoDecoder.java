package dev.matryoshka.media.video;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.media.MediaFormat;
import dev.matryoshka.media.MediaType;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.ffmpeg.MediaTrack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Video files (MP4, MOV, Matroska, WebM) to frames at a rate and the sound, within a model's budget. */
public final class VideoDecoder {
    /** Frames a second, as Gemma 3n was trained to see videos. */
    public static final double FRAMES_PER_SECOND = 1;

    /** Tokens of the words beside a frame that say when it is. */
    private static final int TIME_TOKENS = 16;
    /** More would fill memory: 1.8 MB each. */
    private static final int MOST_FRAMES = 128;
    /** What the sound may take of the tokens. */
    private static final double SOUND_SHARE = 0.5;
    /** Frames that are further apart are sought, those between are not decoded. */
    private static final double SEEK_SECONDS = 4;

    private static final double ROUNDING = 1e-6;

    private VideoDecoder() {}

    /**
     * Decodes a file: all of its sound, if the model hears, and frames evenly over its length, at the rate or as many as fit.
     *
     * @param framesPerSecond over 0
     * @throws MediaFormatException it is missing, damaged, no video, or its sound is too long
     */
    public static Video decode(Path file, double framesPerSecond, MediaBudget budget) {
        String name = file.getFileName().toString();
        if (MediaFormat.of(file).type() != MediaType.VIDEO) {
            throw new MediaFormatException(name + " is not a video", "choose an MP4, MOV, MKV or WebM file");
        }
        float[] sound = budget.audioTokens() > 0 && MediaTrack.has(file, name, MediaTrack.Kind.SOUND)
                ? AudioDecoder.decode(file, budget.soundSeconds(SOUND_SHARE))
                : new float[0];
        double soundSeconds = (double) sound.length / AudioDecoder.SAMPLE_RATE;
        if (sound.length > 0 && !MediaTrack.has(file, name, MediaTrack.Kind.PICTURES)) {
            return new Video(soundSeconds, List.of(), sound);
        }
        int soundTokens = (int) Math.ceil(soundSeconds / budget.audioSeconds()) * budget.audioTokens();
        int most = (budget.tokens() - soundTokens) / (budget.imageTokens() + TIME_TOKENS);
        try (MediaTrack track = MediaTrack.open(file, name, MediaTrack.Kind.PICTURES);
                FrameScaler scaler = new FrameScaler()) {
            List<Video.Frame> frames = frames(track, scaler, framesPerSecond, Math.clamp(most, 1, MOST_FRAMES));
            if (frames.isEmpty()) {
                throw MediaTrack.damaged(name);
            }
            double seconds = Math.max(track.statedSeconds(), frames.getLast().seconds());
            return new Video(Math.max(seconds, soundSeconds), frames, sound);
        }
    }

    /** The first frame at or after each multiple of the step. Should the stated length be too small, the step doubles. */
    private static List<Video.Frame> frames(MediaTrack track, FrameScaler scaler, double rate, int most) {
        double step = Math.max(1 / rate, track.statedSeconds() / most);
        List<Video.Frame> frames = new ArrayList<>();
        double wanted = 0;
        double newest = -1;
        boolean seeking = true;
        for (AVFrame frame = track.next(); frame != null; frame = track.next()) {
            double seconds = Math.max(0, track.frameSeconds());
            seeking &= seconds > newest; // key frames that lie further apart than what is wanted lead back
            RgbImage image = seconds + ROUNDING < wanted ? null : scaler.scale(frame);
            if (image == null) {
                continue;
            }
            newest = seconds;
            frames.add(new Video.Frame(seconds, image));
            if (frames.size() > most) {
                frames = everySecond(frames);
                step *= 2;
            }
            wanted = (Math.floor(seconds / step + ROUNDING) + 1) * step;
            if (seeking && wanted - seconds > SEEK_SECONDS) {
                track.seek(wanted);
            }
        }
        return frames;
    }

    private static List<Video.Frame> everySecond(List<Video.Frame> frames) {
        List<Video.Frame> kept = new ArrayList<>();
        for (int i = 0; i < frames.size(); i += 2) {
            kept.add(frames.get(i));
        }
        return kept;
    }
}

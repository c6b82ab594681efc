package dev.matryoshka.media.audio;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.media.MediaFormat;
import dev.matryoshka.media.MediaType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Sound files to samples: WAV, MP3, FLAC, Ogg (Vorbis, Opus), M4A and other containers with a sound track, told by
 * content; any rate and number of channels.
 */
public final class AudioDecoder {
    /** What the model hears, in Hz. */
    public static final int SAMPLE_RATE = 16_000;

    /** An overshoot of the limit up to this is a codec's padding, and cut off. */
    private static final double PADDING_SECONDS = 0.1;
    /** A sound that is shorter than its file states by more than this is incomplete. */
    private static final double MISSING_SECONDS = 0.1;

    private AudioDecoder() {}

    /**
     * Decodes a file. It is read in blocks and never beyond the limit, however long it is.
     *
     * @param maxSeconds the longest sound to accept
     * @return mono at 16 kHz, -1 to 1, at least one sample
     * @throws MediaFormatException it is missing, incomplete, damaged, empty, too long or not a sound
     */
    public static float[] decode(Path file, double maxSeconds) {
        String name = file.getFileName().toString();
        try (SampleSource source = open(file, name)) {
            Resampler resampler = new Resampler(source.sampleRate(), SAMPLE_RATE);
            double limit = (maxSeconds + PADDING_SECONDS) * source.sampleRate();
            long samples = 0;
            for (float[] block = source.next(); block != null; block = source.next()) {
                samples += block.length;
                if (samples > limit) {
                    double decoded = (double) samples / source.sampleRate();
                    throw tooLong(name, Math.max(decoded, source.statedSeconds()), maxSeconds);
                }
                clean(block);
                resampler.add(block);
            }
            requireWhole(name, source, (double) samples / source.sampleRate());
            float[] resampled = resampler.finish();
            clean(resampled);
            return Arrays.copyOf(resampled, (int) Math.min(resampled.length, Math.round(maxSeconds * SAMPLE_RATE)));
        } catch (IOException e) {
            throw new MediaFormatException(
                    file + " can't be read (" + e.getMessage() + ")", "check that it is a file you may read", e);
        }
    }

    private static SampleSource open(Path file, String name) throws IOException {
        MediaFormat format = MediaFormat.of(file);
        if (format.type() != MediaType.SOUND && format.type() != MediaType.VIDEO) {
            throw new MediaFormatException(name + " is not a sound", "choose a WAV, MP3, FLAC, Ogg or M4A file");
        }
        if (format == MediaFormat.WAV) {
            WavHeader header = WavHeader.read(file, name);
            if (header.linear()) {
                return new WavReader(file, header);
            }
        }
        return FfmpegReader.open(file, name);
    }

    private static void requireWhole(String name, SampleSource source, double seconds) {
        double stated = source.statedSeconds();
        if (source.statesExactly() && stated - seconds > MISSING_SECONDS + 0.01 * stated) {
            throw new MediaFormatException(
                    name + " is incomplete: it states " + duration(stated) + " and holds " + duration(seconds),
                    "fetch or save it again");
        }
        if (seconds == 0) {
            throw new MediaFormatException(name + " holds no sound", "record or save it again");
        }
    }

    private static MediaFormatException tooLong(String name, double seconds, double maxSeconds) {
        return new MediaFormatException(
                name + " is " + duration(seconds) + " long; the model hears at most " + duration(maxSeconds),
                "cut out the part that matters");
    }

    private static String duration(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%d min", Math.round(seconds / 60));
    }

    /** NaN is silence, the rest stays within -1 to 1. */
    private static void clean(float[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Float.isNaN(samples[i]) ? 0 : Math.clamp(samples[i], -1, 1);
        }
    }
}

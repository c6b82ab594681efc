package dev.matryoshka.media.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.av_get_bytes_per_sample;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;

import dev.matryoshka.engine.error.MediaFormatException;
import dev.matryoshka.media.ffmpeg.MediaTrack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** The sound track of a file, decoded by FFmpeg. */
final class FfmpegReader implements SampleSource {
    private final String name;
    private final MediaTrack track;
    private int sampleRate;
    private float @Nullable [] first;

    private FfmpegReader(String name, MediaTrack track) {
        this.name = name;
        this.track = track;
    }

    /**
     * Opens a file and decodes its first samples.
     *
     * @throws MediaFormatException it is damaged or has no sound track
     */
    static FfmpegReader open(Path file, String name) {
        FfmpegReader reader = new FfmpegReader(name, MediaTrack.open(file, name, MediaTrack.Kind.SOUND));
        try {
            reader.first = reader.decode();
            if (reader.first == null) {
                throw MediaTrack.damaged(name);
            }
            return reader;
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public double statedSeconds() {
        return track.statedSeconds();
    }

    @Override
    public boolean statesExactly() {
        return track.statesExactly();
    }

    @Override
    public float @Nullable [] next() {
        float[] block = first == null ? decode() : first;
        first = null;
        return block;
    }

    private float @Nullable [] decode() {
        AVFrame frame = track.next();
        if (frame == null) {
            return null;
        }
        if (sampleRate == 0) {
            sampleRate = frame.sample_rate();
        }
        if (sampleRate <= 0 || frame.sample_rate() != sampleRate) {
            throw new MediaFormatException(name + " changes its sampling rate in the middle", "convert it to WAV");
        }
        return mix(frame);
    }

    /** The mean of the frame's channels. */
    private float[] mix(AVFrame frame) {
        int channels = frame.ch_layout().nb_channels();
        int format = av_get_packed_sample_fmt(frame.format());
        int bytes = av_get_bytes_per_sample(format);
        boolean planar = av_sample_fmt_is_planar(frame.format()) != 0;
        int step = planar ? bytes : bytes * channels;
        float[] mono = new float[frame.nb_samples()];
        for (int c = 0; c < channels; c++) {
            ByteBuffer plane = frame.extended_data(planar ? c : 0)
                    .capacity((long) mono.length * step)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
            int at = planar ? 0 : c * bytes;
            for (int i = 0; i < mono.length; i++) {
                mono[i] += sample(plane, format, at + i * step) / channels;
            }
        }
        return mono;
    }

    private float sample(ByteBuffer plane, int format, int at) {
        return switch (format) {
            case AV_SAMPLE_FMT_U8 -> ((plane.get(at) & 0xFF) - 128) / 128f;
            case AV_SAMPLE_FMT_S16 -> plane.getShort(at) / 0x1p15f;
            case AV_SAMPLE_FMT_S32 -> plane.getInt(at) / 0x1p31f;
            case AV_SAMPLE_FMT_FLT -> plane.getFloat(at);
            case AV_SAMPLE_FMT_DBL -> (float) plane.getDouble(at);
            default -> throw new MediaFormatException(name + " has unusual samples", "convert it to WAV");
        };
    }

    @Override
    public void close() {
        track.close();
    }
}

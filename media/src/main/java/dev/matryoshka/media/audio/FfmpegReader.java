package dev.matryoshka.media.audio;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_get_bytes_per_sample;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;

import dev.matryoshka.engine.error.MediaFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** The first sound track of a file, decoded by FFmpeg. Packets that are damaged are left out. */
final class FfmpegReader implements SampleSource {
    /** Containers of sound: no playlists, which would open other files. */
    private static final String CONTAINERS = "wav,aiff,mp3,aac,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";

    private final String name;
    private final AVFormatContext container;
    private final AVCodecContext codec = avcodec_alloc_context3(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private int track;
    private boolean draining;
    private int sampleRate;
    private float @Nullable [] first;

    private FfmpegReader(String name, AVFormatContext container) {
        this.name = name;
        this.container = container;
    }

    /**
     * Opens a file and decodes its first samples.
     *
     * @throws MediaFormatException it is damaged or has no sound track
     */
    static FfmpegReader open(Path file, String name) {
        NativeFfmpeg.load(name);
        AVFormatContext container = avformat_alloc_context();
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "protocol_whitelist", "file", 0);
        av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        int status = avformat_open_input(container, "file:" + file.toAbsolutePath(), (AVInputFormat) null, options);
        av_dict_free(options);
        if (status < 0) { // which freed the container
            throw damaged(name);
        }
        FfmpegReader reader = new FfmpegReader(name, container);
        try {
            reader.start();
            return reader;
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private void start() {
        check(avformat_find_stream_info(container, (PointerPointer<?>) null));
        track = av_find_best_stream(container, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
        if (track < 0) {
            throw new MediaFormatException(name + " has no sound track", "choose a file with sound");
        }
        AVStream stream = container.streams(track);
        AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
        if (decoder == null) {
            throw new MediaFormatException(name + " is in a sound format that is not supported", "convert it to WAV");
        }
        check(avcodec_parameters_to_context(codec, stream.codecpar()));
        codec.pkt_timebase(stream.time_base());
        check(avcodec_open2(codec, decoder, (PointerPointer<?>) null));
        first = decode();
        if (first == null) {
            throw damaged(name);
        }
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public double statedSeconds() {
        long duration = container.streams(track).duration();
        return duration == AV_NOPTS_VALUE
                ? (double) container.duration() / AV_TIME_BASE
                : duration * av_q2d(container.streams(track).time_base());
    }

    @Override
    public boolean statesExactly() {
        return container.streams(track).duration() != AV_NOPTS_VALUE
                && container.duration_estimation_method() != AVFMT_DURATION_FROM_BITRATE;
    }

    @Override
    public float @Nullable [] next() {
        float[] block = first == null ? decode() : first;
        first = null;
        return block;
    }

    private float @Nullable [] decode() {
        while (avcodec_receive_frame(codec, frame) < 0) {
            if (draining) {
                return null;
            }
            if (av_read_frame(container, packet) < 0) {
                draining = true;
                avcodec_send_packet(codec, null);
            } else {
                if (packet.stream_index() == track) {
                    avcodec_send_packet(codec, packet);
                }
                av_packet_unref(packet);
            }
        }
        if (sampleRate == 0) {
            sampleRate = frame.sample_rate();
        }
        if (sampleRate <= 0 || frame.sample_rate() != sampleRate) {
            throw new MediaFormatException(name + " changes its sampling rate in the middle", "convert it to WAV");
        }
        return mix();
    }

    /** The mean of the frame's channels. */
    private float[] mix() {
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

    private void check(int status) {
        if (status < 0) {
            throw damaged(name);
        }
    }

    private static MediaFormatException damaged(String name) {
        return new MediaFormatException(name + " is incomplete or damaged", "fetch or save it again");
    }

    @Override
    public void close() {
        av_packet_free(packet);
        av_frame_free(frame);
        avcodec_free_context(codec);
        avformat_close_input(container);
    }
}

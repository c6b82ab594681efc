package dev.matryoshka.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

import dev.matryoshka.engine.error.MediaFormatException;
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

/** The best track of its kind in a file, decoded frame by frame. Packets that are damaged are left out. */
public final class MediaTrack implements AutoCloseable {
    /** What a track holds. */
    public enum Kind {
        SOUND(AVMEDIA_TYPE_AUDIO, "sound"),
        /** Moving ones: no covers of albums. */
        PICTURES(AVMEDIA_TYPE_VIDEO, "video");

        private final int type;
        private final String label;

        Kind(int type, String label) {
            this.type = type;
            this.label = label;
        }
    }

    /** Containers of sound and video: no playlists, which would open other files. */
    private static final String CONTAINERS = "wav,aiff,mp3,aac,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";

    /** Larger pictures are refused. */
    private static final long MAX_PIXELS = 100_000_000;

    private final String name;
    private final AVFormatContext container;
    private final AVCodecContext codec = avcodec_alloc_context3(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private int track;
    private boolean draining;

    private MediaTrack(String name, AVFormatContext container) {
        this.name = name;
        this.container = container;
    }

    /**
     * Opens a file's track.
     *
     * @param name what messages call the file
     * @throws MediaFormatException the file is damaged or has no track of the kind
     */
    public static MediaTrack open(Path file, String name, Kind kind) {
        MediaTrack opened = new MediaTrack(name, container(file, name));
        try {
            opened.track = opened.best(kind);
            if (opened.track < 0) {
                throw new MediaFormatException(
                        name + " has no " + kind.label + " track", "choose a file with " + kind.label);
            }
            opened.start(kind);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Whether a file has a track of the kind. */
    public static boolean has(Path file, String name, Kind kind) {
        try (MediaTrack opened = new MediaTrack(name, container(file, name))) {
            return opened.best(kind) >= 0;
        }
    }

    private static AVFormatContext container(Path file, String name) {
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
        if (avformat_find_stream_info(container, (PointerPointer<?>) null) < 0) {
            avformat_close_input(container);
            throw damaged(name);
        }
        return container;
    }

    /** The track's number, negative where there is none. */
    private int best(Kind kind) {
        int found = av_find_best_stream(container, kind.type, -1, -1, (AVCodec) null, 0);
        return found >= 0 && (container.streams(found).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0 ? -1 : found;
    }

    private void start(Kind kind) {
        AVStream stream = container.streams(track);
        AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
        if (decoder == null) {
            throw new MediaFormatException(
                    name + " is in a " + kind.label + " format that is not supported",
                    kind == Kind.SOUND ? "convert it to WAV" : "convert it to MP4 with H.264");
        }
        check(avcodec_parameters_to_context(codec, stream.codecpar()));
        codec.pkt_timebase(stream.time_base());
        codec.max_pixels(MAX_PIXELS);
        check(avcodec_open2(codec, decoder, (PointerPointer<?>) null));
    }

    /** Length that the file states or that its size suggests; 0 or less where it does neither. */
    public double statedSeconds() {
        long duration = container.streams(track).duration();
        return duration == AV_NOPTS_VALUE
                ? (double) container.duration() / AV_TIME_BASE
                : duration * av_q2d(container.streams(track).time_base());
    }

    /** Whether a whole file is that long; otherwise it is an estimate. */
    public boolean statesExactly() {
        return container.streams(track).duration() != AV_NOPTS_VALUE
                && container.duration_estimation_method() != AVFMT_DURATION_FROM_BITRATE;
    }

    /** The next frame, which the one after takes the place of; null at the end. */
    public @Nullable AVFrame next() {
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
        return frame;
    }

    /** When the newest frame is shown, in seconds from the track's start; negative where the file does not say. */
    public double frameSeconds() {
        long stamp = frame.best_effort_timestamp();
        return stamp == AV_NOPTS_VALUE ? -1 : (stamp - startStamp()) * timeBase();
    }

    /** Goes on at the last key frame before a time; where the file can't be sought in, it goes on as before. */
    public void seek(double seconds) {
        long stamp = startStamp() + (long) (seconds / timeBase());
        if (av_seek_frame(container, track, stamp, AVSEEK_FLAG_BACKWARD) >= 0) {
            avcodec_flush_buffers(codec);
            draining = false;
        }
    }

    private long startStamp() {
        long start = container.streams(track).start_time();
        return start == AV_NOPTS_VALUE ? 0 : start;
    }

    private double timeBase() {
        return av_q2d(container.streams(track).time_base());
    }

    private void check(int status) {
        if (status < 0) {
            throw damaged(name);
        }
    }

    /** What a file is that can't be decoded. */
    public static MediaFormatException damaged(String name) {
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

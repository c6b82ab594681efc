package dev.matryoshka.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.matryoshka.engine.error.MediaFormatException;
import java.nio.file.Path;

/** FFmpeg's native code, unpacked and loaded when it is first needed. */
final class NativeFfmpeg {
    private static final String PREFIX = "org.bytedeco.javacpp.";

    private NativeFfmpeg() {}

    /**
     * Loads it; the first time on a machine takes a second or two.
     *
     * @throws MediaFormatException this installation has none for the platform
     */
    static void load(String name) {
        // JavaCPP refuses to allocate once the process is larger than the Java heap suggests, and a mapped model is.
        setDefault("maxPhysicalBytes", "0");
        setDefault("noPointerGC", "true");
        String cache = System.getenv("XDG_CACHE_HOME");
        if (cache != null && Path.of(cache).isAbsolute()) {
            setDefault("cachedir", Path.of(cache, "matryoshka", "javacpp").toString());
        } else if (System.getProperty("os.name").startsWith("Linux")) {
            setDefault(
                    "cachedir",
                    Path.of(System.getProperty("user.home"), ".cache", "matryoshka", "javacpp")
                            .toString());
        }
        try {
            av_log_set_level(AV_LOG_QUIET);
        } catch (LinkageError e) {
            throw new MediaFormatException(
                    name + " is compressed, and the decoder for that is not part of this installation",
                    "convert it to WAV, or install the program for this platform again",
                    e);
        }
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }
}

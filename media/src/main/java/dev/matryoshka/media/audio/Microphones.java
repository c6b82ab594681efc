package dev.matryoshka.media.audio;

import dev.matryoshka.engine.error.MediaDeviceException;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;

/** The inputs of this machine's sound system. */
public final class Microphones {
    private static final int BITS = 16;
    /** Rates to ask for, best first: what is above the model's own is resampled with care. */
    private static final float[] RATES = {48_000, 44_100, 32_000, 16_000, 22_050, 96_000, 8_000};

    private Microphones() {}

    /**
     * The inputs there are now, the system's default first. Takes a moment: never call it on the UI thread.
     *
     * @return at least one
     * @throws MediaDeviceException there is none
     */
    public static List<AudioInput> list() {
        List<AudioInput> inputs = new ArrayList<>();
        boolean outputs = false;
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            Mixer mixer = AudioSystem.getMixer(info);
            if (hasLines(mixer.getTargetLineInfo())) {
                inputs.add(new Microphone(info));
            }
            outputs |= hasLines(mixer.getSourceLineInfo());
        }
        if (!inputs.isEmpty()) {
            return List.copyOf(inputs);
        }
        throw outputs
                ? new MediaDeviceException("no microphone was found", "plug one in and try again")
                : new MediaDeviceException(
                        "no sound system answers",
                        "start PipeWire or PulseAudio (pulseaudio --start), or plug in a sound card");
    }

    /** Ports are mixer knobs, not lines. */
    private static boolean hasLines(Line.Info[] lines) {
        for (Line.Info line : lines) {
            if (line instanceof DataLine.Info) {
                return true;
            }
        }
        return false;
    }

    private record Microphone(Mixer.Info info) implements AudioInput {
        @Override
        public String name() {
            return info.getName().startsWith("default ") ? "System default" : info.getName();
        }

        @Override
        public AudioInputStream open() throws LineUnavailableException {
            AudioFormat format = format();
            TargetDataLine line = (TargetDataLine) AudioSystem.getMixer(info).getLine(lineOf(format));
            line.open(format);
            line.start();
            AudioInputStream stream = new AudioInputStream(line);
            return format.getChannels() == 1
                    ? stream
                    : AudioSystem.getAudioInputStream(pcm(format.getSampleRate(), 1), stream);
        }

        /** The first that the device offers, mono before stereo. */
        private AudioFormat format() throws LineUnavailableException {
            Mixer mixer = AudioSystem.getMixer(info);
            for (int channels = 1; channels <= 2; channels++) {
                for (float rate : RATES) {
                    AudioFormat format = pcm(rate, channels);
                    if (mixer.isLineSupported(lineOf(format))) {
                        return format;
                    }
                }
            }
            throw new LineUnavailableException("it offers no 16-bit sound");
        }

        private static DataLine.Info lineOf(AudioFormat format) {
            return new DataLine.Info(TargetDataLine.class, format);
        }

        private static AudioFormat pcm(float rate, int channels) {
            return new AudioFormat(rate, BITS, channels, true, false);
        }
    }
}

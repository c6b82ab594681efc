package dev.matryoshka.app;

import java.util.Arrays;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/** Whether sound can be recorded and played here. */
final class SoundLines {
    private SoundLines() {}

    static boolean input() {
        return any(TargetDataLine.class);
    }

    static boolean output() {
        return any(SourceDataLine.class);
    }

    private static boolean any(Class<?> line) {
        try {
            return Arrays.stream(AudioSystem.getMixerInfo())
                    .map(AudioSystem::getMixer)
                    .anyMatch(mixer -> has(mixer, line));
        } catch (LinkageError e) { // a bundle without java.desktop, a system without ALSA
            return false;
        }
    }

    private static boolean has(Mixer mixer, Class<?> line) {
        return Arrays.stream(line == TargetDataLine.class ? mixer.getTargetLineInfo() : mixer.getSourceLineInfo())
                .anyMatch(info -> line.isAssignableFrom(info.getLineClass()));
    }
}

package dev.matryoshka.media.audio;

import java.nio.file.Path;

/** A process of its own that plays a file as the program does, since the sound system is chosen by the environment. */
final class PlayingProbe {
    private PlayingProbe() {}

    /** @param arguments the file */
    public static void main(String[] arguments) {
        new SoundPlayer().play(AudioDecoder.decode(Path.of(arguments[0]), 30));
    }
}

package dev.matryoshka.media;

import java.nio.file.Path;
import java.util.Locale;

/** What a file holds, as far as its first bytes tell. */
public enum MediaType {
    PICTURE,
    SOUND,
    /** A container for moving pictures; its sound track may be all it holds. */
    VIDEO,
    UNKNOWN;

    /**
     * What the file holds. The content decides; the name counts only for containers that look the same with and without
     * moving pictures.
     *
     * @throws dev.matryoshka.engine.error.MediaFormatException there is no such file, or it can't be read
     */
    public static MediaType of(Path file) {
        MediaType type = MediaFormat.of(file).type();
        return type == VIDEO && namedAsSound(file) ? SOUND : type;
    }

    private static boolean namedAsSound(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".m4a") || name.endsWith(".m4b") || name.endsWith(".mka") || name.endsWith(".weba");
    }
}

package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.video.Video;
import java.util.List;
import java.util.Locale;

/** A picture that can be opened large: of its own, or a frame of a video. */
public record ShownPicture(String name, RgbImage image) {
    /** What there is to see of an attachment. */
    public static List<ShownPicture> of(Attachment attachment) {
        return switch (attachment) {
            case Attachment.Picture picture -> List.of(new ShownPicture(picture.name(), picture.image()));
            case Attachment.Film film ->
                film.video().frames().stream()
                        .map(frame -> frame(film.name(), frame))
                        .toList();
            default -> List.of();
        };
    }

    private static ShownPicture frame(String film, Video.Frame frame) {
        int seconds = (int) frame.seconds();
        return new ShownPicture(
                String.format(Locale.ROOT, "%s at %d:%02d", film, seconds / 60, seconds % 60), frame.image());
    }

    /** Name and size, for people. */
    String caption() {
        return name + "   ·   " + image.width() + " × " + image.height() + " pixels";
    }
}

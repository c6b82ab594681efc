package dev.matryoshka.ui.history;

import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.audio.WavWriter;
import dev.matryoshka.media.image.PngWriter;
import dev.matryoshka.ui.attachment.Attachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A chat as Markdown, its pictures and sounds in a folder beside it. */
public final class ChatExport {
    private final Path media;
    private final StringBuilder text = new StringBuilder();
    private int files;

    private ChatExport(Path media) {
        this.media = media;
    }

    /**
     * Writes a chat.
     *
     * @param file that Markdown comes to; media come to a folder of the same name
     * @throws HistoryException it can't be written there
     */
    public static void markdown(String title, List<StoredTurn> turns, Path file) {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.md$", "");
        ChatExport export = new ChatExport(file.resolveSibling(name + "-media"));
        try {
            export.text.append("# ").append(title).append("\n");
            for (StoredTurn turn : turns) {
                export.turn(turn);
            }
            Files.writeString(file, export.text);
        } catch (IOException e) {
            throw new HistoryException(
                    "the chat can't be written to " + file + " (" + e.getMessage() + ")",
                    "free some space or choose another folder",
                    e);
        }
    }

    private void turn(StoredTurn turn) throws IOException {
        text.append("\n## You\n\n");
        for (Attachment.Ready attachment : turn.attachments()) {
            attachment(attachment);
        }
        if (!turn.question().isEmpty()) {
            text.append(turn.question()).append("\n");
        }
        for (StoredAnswer answer : turn.answers()) {
            text.append("\n## ")
                    .append(answer.asked())
                    .append("\n\n")
                    .append(answer.text().strip())
                    .append("\n");
        }
    }

    private void attachment(Attachment.Ready attachment) throws IOException {
        switch (attachment) {
            case Attachment.Picture picture -> picture(picture.name(), picture.image());
            case Attachment.Sound sound -> sound(sound.name(), sound.samples());
            case Attachment.Film film -> {
                for (var frame : film.video().frames()) {
                    picture(film.name(), frame.image());
                }
                if (film.video().sound().length > 0) {
                    sound(film.name(), film.video().sound());
                }
            }
        }
    }

    private void picture(String name, RgbImage image) throws IOException {
        text.append("![")
                .append(name)
                .append("](")
                .append(write(PngWriter.bytes(image), ".png"))
                .append(")\n\n");
    }

    private void sound(String name, float[] samples) throws IOException {
        text.append("[")
                .append(name)
                .append("](")
                .append(write(WavWriter.bytes(samples), ".wav"))
                .append(")\n\n");
    }

    private String write(byte[] bytes, String end) throws IOException {
        Files.createDirectories(media);
        String name = ++files + end;
        Files.write(media.resolve(name), bytes);
        return (media.getFileName() + "/" + name).replace(" ", "%20");
    }
}

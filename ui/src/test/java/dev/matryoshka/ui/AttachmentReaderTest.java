package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.AttachmentReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files become in a question. */
class AttachmentReaderTest {
    private static final int RATE = 16_000;
    private static final MediaBudget BUDGET = MediaBudget.of(FakeAssistant.MODEL, 2, 0);

    @TempDir
    Path folder;

    /** Three seconds of red, green and blue with a tone. */
    @Test
    void aVideoBecomesFramesWithTheirTimesAndSoundInParts() {
        Path film = Path.of("src/test/resources/film.mp4");
        Attachment.Film read = assertInstanceOf(Attachment.Film.class, AttachmentReader.read(film, BUDGET));
        List<PromptPart> parts = read.parts();
        assertEquals(3 * 2 + 2, parts.size());
        assertEquals(new PromptPart.Text("Frame at 0:01:"), parts.get(2));
        assertInstanceOf(PromptPart.Image.class, parts.get(3));
        assertInstanceOf(PromptPart.Audio.class, parts.get(6));
        assertInstanceOf(PromptPart.Audio.class, parts.get(7));
        assertEquals(3 * 16 + 2 * 20, read.tokens(FakeAssistant.MODEL));
    }

    @Test
    void aLongSoundBecomesParts() throws IOException {
        Path wav = folder.resolve("long.wav");
        byte[] pcm = new byte[2 * 5 * RATE];
        AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(pcm), format, pcm.length / 2),
                AudioFileFormat.Type.WAVE,
                wav.toFile());
        Attachment.Sound read = assertInstanceOf(Attachment.Sound.class, AttachmentReader.read(wav, BUDGET));
        assertEquals(3, read.parts().size());
        assertEquals(5, read.seconds());
        assertEquals(3 * 20, read.tokens(FakeAssistant.MODEL));
    }
}

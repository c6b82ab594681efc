package dev.matryoshka.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.error.MediaFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypeTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "image/palette.png,PNG,PICTURE", "image/cmyk.jpg,JPEG,PICTURE", "image/lossy.webp,WEBP,PICTURE",
        "image/animated.gif,GIF,PICTURE", "image/rgb.bmp,BMP,PICTURE", "audio/mulaw.wav,WAV,SOUND",
        "audio/tone.mp3,MP3,SOUND", "audio/tone.flac,FLAC,SOUND", "audio/tone.ogg,OGG,SOUND",
        "audio/tone.opus,OGG,SOUND", "audio/tone.m4a,M4A,SOUND", "audio/tone.aac,AAC,SOUND",
        "audio/tone.aiff,AIFF,SOUND", "audio/tone.webm,MATROSKA,VIDEO", "audio/silent.mp4,MP4,VIDEO",
        "README.md,UNKNOWN,UNKNOWN"
    })
    void theContentTells(String name, MediaFormat format, MediaType type) throws IOException {
        Path nameless = Files.copy(FIXTURES.resolve(name), folder.resolve("file"));
        assertEquals(format, MediaFormat.of(nameless));
        assertEquals(type, MediaType.of(nameless));
    }

    @Test
    void theNameTellsOnlyWhetherAContainerIsOfSound() throws IOException {
        Path film = FIXTURES.resolve("audio/silent.mp4");
        assertEquals(MediaType.SOUND, MediaType.of(Files.copy(film, folder.resolve("memo.M4A"))));
        assertEquals(MediaType.VIDEO, MediaType.of(Files.copy(film, folder.resolve("memo.mp3"))));
    }

    @ParameterizedTest
    @CsvSource({"ÿû\u0090d,MP3", "ÿóDÄ,MP3", "ÿñP@,AAC", "ÿÿÿÿ,UNKNOWN", "ÿûðd,UNKNOWN", "ÿ,UNKNOWN", "ID3,MP3"})
    void bareFramesAreTold(String head, MediaFormat format) {
        assertEquals(format, MediaFormat.of(head.getBytes(ISO_8859_1)));
    }

    @Test
    void aMissingFileIsATypedError() {
        assertThrows(MediaFormatException.class, () -> MediaType.of(folder.resolve("missing")));
    }
}

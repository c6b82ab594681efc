package dev.matryoshka.engine.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.error.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "which cuts off no file that is mapped")
class MappedFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileThatGetsShorterIsNoticed() throws IOException {
        Path path = Files.write(folder.resolve("weights"), new byte[10_000]);
        try (MappedFile file = MappedFile.open(path)) {
            file.requireWhole();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(9_999);
            }
            assertThrows(ModelFormatException.class, file::requireWhole);
        }
    }

    @Test
    void aFileThatIsReplacedStaysWhatItWas() throws IOException {
        Path path = Files.write(folder.resolve("weights"), new byte[] {1, 2, 3});
        try (MappedFile file = MappedFile.open(path)) {
            Path other = Files.write(folder.resolve("other"), new byte[] {9});
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
            file.requireWhole();
            assertEquals(3, file.bytes().get(ValueLayout.JAVA_BYTE, 2));
        }
    }
}

package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two starts on one folder. */
@Timeout(60)
class OneWindowTest {
    @TempDir
    private Path folder = Path.of("");

    private static OneWindow first(Path folder) {
        return Objects.requireNonNull(OneWindow.claim(folder, List.of()));
    }

    @Test
    void aLaterStartHandsItsFilesOverAndTheNextAfterTheFirstTakesTheFolder() throws Exception {
        CompletableFuture<List<Path>> heard = new CompletableFuture<>();
        List<Path> files = List.of(folder.resolve("röd bild.png"), Path.of("relative.wav"));
        try (OneWindow window = first(folder)) {
            window.listen(heard::complete);
            assertNull(OneWindow.claim(folder, files));
            assertEquals(files.stream().map(Path::toAbsolutePath).toList(), heard.get(10, TimeUnit.SECONDS));
            assertNull(OneWindow.claim(folder, List.of()), "and it still listens");
        }
        first(folder).close();
    }

    @Test
    void oneThatDoesNotAnswerIsSaid() {
        try (OneWindow window = first(folder)) {
            assertNotNull(window);
            String why = assertThrows(InvalidRequestException.class, () -> OneWindow.claim(folder, List.of()))
                    .problem();
            assertTrue(why.startsWith("Matryoshka is open already"), why);
        }
    }

    /** Another process, killed: the system gives its lock back, and the socket that it left is nobody's. */
    @Test
    void oneThatWasKilledHoldsNothing() throws Exception {
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertEquals('!', killed.getInputStream().read(), "it has the folder");
            assertNull(OneWindow.claim(folder, List.of()));
        } finally {
            killed.destroyForcibly().waitFor();
        }
        assertTrue(Files.exists(folder.resolve("window.socket")));
        try (OneWindow window = first(folder)) {
            CompletableFuture<List<Path>> heard = new CompletableFuture<>();
            window.listen(heard::complete);
            assertNull(OneWindow.claim(folder, List.of()));
            assertEquals(List.of(), heard.get(10, TimeUnit.SECONDS));
        }
    }

    /** The other process. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            first(Path.of(arguments[0])).listen(files -> {});
            System.out.print('!');
            System.out.flush();
            Thread.sleep(TimeUnit.MINUTES.toMillis(1));
        }
    }

    @Test
    void whereNothingCanBeWrittenEachMayOpen() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        try (OneWindow one = first(file.resolve("below"));
                OneWindow two = first(file.resolve("below"))) {
            one.listen(files -> {});
            two.listen(files -> {});
        }
    }

    @Test
    void everythingGoesBelowTheFolderThatIsNamed() {
        AppFolders named = new AppFolders(
                Map.of("MATRYOSHKA_HOME", folder.toString(), "XDG_DATA_HOME", "/elsewhere"),
                Path.of("/home/x"),
                "linux");
        assertEquals(folder.resolve("data/history.db"), named.history());
        assertEquals(folder.resolve("config/settings.json"), named.settings());
        Stream.of(named.cache(), named.logs(), named.slices()).forEach(path -> assertTrue(path.startsWith(folder)));
        AppFolders usual = new AppFolders(Map.of(), Path.of("/home/x"), "linux");
        assertEquals(Path.of("/home/x/.local/share/matryoshka/history.db"), usual.history());
        assertEquals(Path.of("/home/x/.local/state/matryoshka"), usual.logs());
        assertEquals(Path.of("/home/x/.config/matryoshka/settings.json"), usual.settings());
    }
}

package dev.matryoshka.app.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.launcher.Sandbox.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./matryoshka} on a small project with a Maven and a JVM that only write down what they were asked. */
class LauncherTest {
    private static final String MAVEN = """
            [ "$1" != -v ] || exit 0
            cd "$(dirname "$0")"
            echo built >>maven.log
            [ ! -e broken ] || { echo "[ERROR] it does not compile"; exit 1; }
            mkdir -p app/target/lib && echo lib >app/target/lib/engine.jar && echo app >app/target/matryoshka-app-1.jar
            echo model >app/target/lib/matryoshka-assets-1.jar && echo window >app/target/lib/javafx-base-1.jar
            [ ! -e killed ] || { rm app/target/lib/engine.jar; kill -9 $PPID; }
            """;

    private static final String JVM = """
            for a; do case "$a" in
              -XX:AOTCacheOutput=*) echo trained >>"$HOME/jvm.log"; echo cache >"${a#*=}"; exit ;;
            esac; done
            for a; do printf '<%s>\\n' "$a"; done
            """;

    private final Path root;
    private final Path home;
    private final Sandbox sandbox;

    LauncherTest(@TempDir Path temporary) throws IOException {
        sandbox = new Sandbox(temporary.resolve("user"));
        home = temporary.resolve("user/home");
        root = temporary.resolve("a clone of é");
        Path jdk = Sandbox.jdk(temporary.resolve("my jdk"), "25");
        Sandbox.script(jdk.resolve("bin/java"), JVM);
        sandbox.with("JAVA_HOME", jdk).with("DISPLAY", "").command("Xvfb", "echo 99 >&3; exec sleep 60");
        Files.createDirectories(root.resolve("scripts"));
        try (Stream<Path> scripts = Files.list(Sandbox.REPOSITORY.resolve("scripts"))) {
            for (Path script : scripts.toList()) {
                Files.copy(script, root.resolve("scripts").resolve(script.getFileName()));
            }
        }
        Path launcher = root.resolve("matryoshka");
        Files.copy(Sandbox.REPOSITORY.resolve("matryoshka"), launcher);
        assertTrue(launcher.toFile().setExecutable(true));
        Sandbox.script(root.resolve("mvnw"), MAVEN);
        Files.createDirectories(root.resolve(".mvn"));
        Files.createDirectories(root.resolve("app/src/main"));
        Files.createDirectories(root.resolve("app/src/test"));
        Files.writeString(root.resolve("pom.xml"), "");
        Files.writeString(root.resolve("app/pom.xml"), "");
        Files.writeString(root.resolve("app/src/main/Main.java"), "1");
    }

    @Test
    void answersAndNothingElseGoesToStandardOutput() throws Exception {
        Result result = ask("what is", "this, \"ß\"?");
        assertEquals(0, result.status(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(List.of("<ask>", "<what is>", "<this, \"ß\"?>"), lines.subList(lines.size() - 3, lines.size()));
        assertTrue(lines.stream().allMatch(line -> line.startsWith("<")), result.out());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("<-XX:AOTCache=" + root)), result.out());
    }

    @Test
    void laterStartsAskNeitherMavenNorTrainAgain() throws Exception {
        ask("one");
        ask("two");
        assertEquals(1, lines(root.resolve("maven.log")));
        assertEquals(1, lines(home.resolve("jvm.log")));
    }

    @Test
    void changedSourceIsBuiltAgainAndChangedTestIsNot() throws Exception {
        ask("one");
        Files.writeString(root.resolve("app/src/test/MainTest.java"), "");
        ask("two");
        assertEquals(1, lines(root.resolve("maven.log")));
        Files.writeString(root.resolve("app/src/main/Other.java"), "");
        ask("three");
        assertEquals(2, lines(root.resolve("maven.log")));
    }

    @Test
    void twoFirstStartsAtOnceBuildOnce() throws Exception {
        List<Sandbox.Running> starts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starts.add(sandbox.start(List.of(root.resolve("matryoshka").toString(), "ask", "x" + i)));
        }
        for (int i = 0; i < 3; i++) {
            Result result = Sandbox.finish(starts.get(i));
            assertEquals(0, result.status(), result.err());
            assertTrue(result.out().endsWith("<x" + i + ">\n"), result.out());
        }
        assertEquals(1, lines(root.resolve("maven.log")));
        assertEquals(1, lines(home.resolve("jvm.log")));
    }

    @Test
    void failedBuildIsShownAndTriedAgain() throws Exception {
        Files.writeString(root.resolve("broken"), "");
        Result result = ask("one");
        assertEquals(1, result.status());
        assertEquals("", result.out());
        assertTrue(result.err().contains("[ERROR] it does not compile"), result.err());
        Files.delete(root.resolve("broken"));
        assertEquals(0, ask("two").status());
    }

    @Test
    void killedBuildLeavesNothingHalfDone() throws Exception {
        Files.writeString(root.resolve("killed"), "");
        assertNotEquals(0, ask("one").status());
        Files.delete(root.resolve("killed"));
        Result result = ask("two");
        assertEquals(0, result.status(), result.err());
        try (Stream<Path> images = Files.list(root.resolve("target/image"))) {
            List<Path> all = images.toList();
            assertEquals(1, all.size(), "one image and nothing beside it");
            assertTrue(Files.exists(all.getFirst().resolve("lib/engine.jar")));
            assertTrue(Files.exists(all.getFirst().resolve("program.aot")));
        }
    }

    @Test
    void failedTrainingOnlyCostsSpeed() throws Exception {
        Sandbox.script(root.resolveSibling("my jdk/bin/java"), JVM.replace("echo cache >\"${a#*=}\"; exit", "exit 1"));
        Result result = ask("one");
        assertEquals(0, result.status(), result.err());
        assertFalse(result.out().contains("AOTCache"), result.out());
        ask("two");
        assertEquals(1, lines(home.resolve("jvm.log")), "it is not tried at every start");
    }

    @Test
    void windowWithoutDisplaySaysSoInOneLine() throws Exception {
        Result result = sandbox.run(List.of(root.resolve("matryoshka").toString()));
        assertEquals(1, result.status());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("DISPLAY is not set"), result.err());
    }

    @Test
    void packsTheCommandLineWithARuntimeAndWithoutTheWindow() throws Exception {
        Path jdk = root.resolveSibling("my jdk");
        Sandbox.script(jdk.resolve("bin/jlink"), """
                while [ "$1" != --output ]; do shift; done
                mkdir -p "$2/bin" && printf '#!/bin/sh\\nfor a; do echo "<$a>"; done\\n' >"$2/bin/java" && chmod +x "$2/bin/java"
                """);
        Sandbox.script(jdk.resolve("bin/jar"), "cp \"$3\" model.txt");
        Files.writeString(root.resolve("LICENSE"), "");
        Path archive = home.resolve("out.tar.gz");
        Result packed = pack("--to", archive.toString());
        assertEquals(0, packed.status(), packed.err());
        byte[] first = Files.readAllBytes(archive);
        assertEquals(0, pack("--to", archive.toString()).status());
        assertArrayEquals(first, Files.readAllBytes(archive));

        Result unpacked = sandbox.run(List.of("tar", "-xzvf", archive.toString(), "-C", home.toString()));
        assertEquals(0, unpacked.status(), unpacked.err());
        assertTrue(unpacked.out().contains("matryoshka/lib/assets/model.txt"), unpacked.out());
        assertTrue(unpacked.out().contains("matryoshka/lib/engine.jar"), unpacked.out());
        assertFalse(unpacked.out().contains("javafx"), unpacked.out());
        Path link = Files.createSymbolicLink(home.resolve("link"), Path.of("matryoshka/matryoshka"));
        Result run = sandbox.run(List.of("env", "-i", "PATH=/usr/bin:/bin", link.toString(), "ask", "a b"));
        assertTrue(run.out().contains("<" + home.resolve("matryoshka/lib") + ">"), run.out() + run.err());
        assertTrue(run.out().endsWith("<ask>\n<a b>\n"), run.out());
    }

    @Test
    void packingSaysWhatItCannotDo() throws Exception {
        for (List<String> wrong :
                List.of(List.of("--into", "x"), List.of("--to"), List.of("--to", "/no/such/folder/x"))) {
            Result result = pack(wrong.toArray(String[]::new));
            assertEquals(1, result.status());
            assertEquals(1, result.err().lines().count(), result.err());
            assertTrue(result.err().contains("./matryoshka pack"), result.err());
        }
    }

    private Result pack(String... options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("matryoshka").toString(), "pack"));
        command.addAll(List.of(options));
        return sandbox.run(command);
    }

    private Result ask(String... words) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("matryoshka").toString(), "ask"));
        command.addAll(List.of(words));
        return sandbox.run(command);
    }

    private static long lines(Path file) throws IOException {
        return Files.readAllLines(file).size();
    }
}

package dev.matryoshka.app.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.app.launcher.Sandbox.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding a JDK 25 among others. */
class FindJdkTest {
    private final Path folder;
    private final Sandbox sandbox;

    FindJdkTest(@TempDir Path temporary) throws IOException {
        folder = temporary.resolve("a user's é");
        sandbox = new Sandbox(folder);
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        Path home = Sandbox.jdk(folder.resolve("mine/jdk"), "25.0.1");
        Sandbox.jdk(sandbox.jdks().resolve("temurin-25"), "25.0.4.1");
        assertFound(home, sandbox.with("JAVA_HOME", home).shell("find_jdk"));
    }

    @Test
    void otherVersionsAndRuntimesArePassedOver() throws Exception {
        Path old = Sandbox.jdk(folder.resolve("jvm/a-17"), "17.0.15");
        Sandbox.jdk(folder.resolve("jvm/b-26"), "26");
        Files.delete(Sandbox.jdk(folder.resolve("jvm/c-jre-25"), "25").resolve("bin/javac"));
        Path right = Sandbox.jdk(folder.resolve("jvm/d-25"), "25");
        sandbox.with("JAVA_HOME", old)
                .with("MATRYOSHKA_JDK_FOLDERS", folder.resolve("none") + ":" + folder.resolve("jvm"));
        assertFound(right, sandbox.shell("find_jdk"));
    }

    @Test
    void linkOnThePathIsFollowed() throws Exception {
        Path home = Sandbox.jdk(folder.resolve("somewhere/jdk"), "25.0.2");
        Files.delete(folder.resolve("bin/java"));
        Files.createSymbolicLink(folder.resolve("bin/java"), folder.resolve("alternatives"));
        Files.createSymbolicLink(folder.resolve("alternatives"), Path.of("somewhere/jdk/bin/java"));
        assertFound(home.toRealPath(), sandbox.shell("find_jdk"));
    }

    @Test
    void macBundleIsEntered() throws Exception {
        Path home = Sandbox.jdk(folder.resolve("jvm/temurin-25.jdk/Contents/Home"), "25.0.2");
        assertFound(
                home,
                sandbox.with("MATRYOSHKA_JDK_FOLDERS", folder.resolve("jvm")).shell("find_jdk"));
    }

    @Test
    void withoutReleaseFileTheCompilerIsAsked() throws Exception {
        Path home = Sandbox.jdk(folder.resolve("jvm/jdk"), "25");
        Files.delete(home.resolve("release"));
        Sandbox.script(home.resolve("bin/javac"), "echo javac 25.0.3");
        assertFound(
                home,
                sandbox.with("MATRYOSHKA_JDK_FOLDERS", folder.resolve("jvm")).shell("find_jdk"));
    }

    @Test
    void noneIsAFailure() throws Exception {
        Result result = sandbox.shell("find_jdk");
        assertEquals(1, result.status());
        assertEquals("", result.out());
    }

    private static void assertFound(Path home, Result result) {
        assertEquals(home + "\n", result.out(), result.err());
        assertEquals(0, result.status());
    }
}

package dev.matryoshka.app.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A user's machine in a temporary folder: home, cache and a {@code bin} before everything else on the path. */
final class Sandbox {
    /** The repository. */
    static final Path REPOSITORY =
            Path.of("").toAbsolutePath().resolveSibling("").normalize();

    private static final String LIBRARY =
            "set -euo pipefail; for f in common packages jdk; do . \"$SCRIPTS/$f.sh\"; done; ";

    /** What a command said and how it ended. */
    record Result(int status, String out, String err) {}

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    /** An empty home below {@code folder}; no JDK 25 can be found from it, and apt offers none. */
    Sandbox(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("home"));
        command("java", "exit 1");
        command("apt-get", "exit 1");
        command("apt-cache", "exit 1");
        environment.put("SCRIPTS", REPOSITORY.resolve("scripts").toString());
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("home/cache").toString());
        environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("MATRYOSHKA_JDK_FOLDERS", "");
        environment.put("MATRYOSHKA_RETRY_SECONDS", "0");
        environment.put("LC_ALL", "C.UTF-8");
    }

    /** The folder that fetched JDKs come to. */
    Path jdks() {
        return folder.resolve("home/cache/matryoshka/jdk");
    }

    /** Sets a variable of the environment. */
    Sandbox with(String name, Object value) {
        environment.put(name, value.toString());
        return this;
    }

    /** Puts a command of this body before all others of its name. */
    void command(String name, String body) throws IOException {
        script(folder.resolve("bin").resolve(name), body);
    }

    /** Writes an executable script. */
    static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /** Makes what a JDK looks like from outside. */
    static Path jdk(Path home, String version) throws IOException {
        script(home.resolve("bin/java"), "exit 0");
        script(home.resolve("bin/javac"), "exit 0");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** Runs a line of shell with the scripts' functions at hand. */
    Result shell(String line) throws IOException, InterruptedException {
        return run(List.of("bash", "-c", LIBRARY + line));
    }

    /** Runs a command to its end, without standard input. */
    Result run(List<String> command) throws IOException, InterruptedException {
        return finish(start(command));
    }

    /** A command under way; its output goes to files. */
    record Running(Process process, Path out, Path err) {}

    /** Starts a command. */
    Running start(List<String> command) throws IOException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MATRYOSHKA_") || name.equals("JAVA_HOME"));
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }

    /** Waits for a command's end, a minute at most. */
    static Result finish(Running running) throws IOException, InterruptedException {
        if (!running.process().waitFor(60, TimeUnit.SECONDS)) {
            running.process().destroyForcibly();
            throw new AssertionError("it hangs: " + Files.readString(running.err()));
        }
        return new Result(
                running.process().exitValue(), Files.readString(running.out()), Files.readString(running.err()));
    }
}

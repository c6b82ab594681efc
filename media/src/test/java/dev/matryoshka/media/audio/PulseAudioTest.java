package dev.matryoshka.media.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real sound system: what espeak-ng says is played into PulseAudio's null sink, and recorded from its monitor. */
@Timeout(60)
class PulseAudioTest {
    @TempDir
    Path folder;

    private Process server = ended();

    @AfterEach
    void endServer() throws InterruptedException {
        server.destroy();
        server.waitFor(10, TimeUnit.SECONDS);
    }

    @Test
    void speechIsHeardAsItWasSaid() throws Exception {
        assumeTrue(installed("pulseaudio") && installed("espeak-ng"), "packages are missing");
        Path wav = folder.resolve("speech.wav");
        assertEquals(
                0,
                run("espeak-ng", "-w", wav.toString(), "seven boats in the harbour")
                        .waitFor());
        Path socket = startServer();
        Path config = Files.writeString(
                folder.resolve("asound.conf"),
                "pcm.default { type pulse server \"unix:" + socket + "\" }\n"
                        + "ctl.default { type pulse server \"unix:" + socket + "\" }\n");
        Path raw = folder.resolve("heard");
        Process probe = probe(RecordingProbe.class, config, raw);
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(probe.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("input System default", said.readLine());
            assertEquals("recording", said.readLine());
            assertEquals(0, probe(PlayingProbe.class, config, wav).waitFor());
            LockSupport.parkNanos(300_000_000); // what is still on its way through the monitor
            probe.getOutputStream().close();
            assertEquals(0, probe.waitFor(), () -> said.lines().toList().toString());
        }
        float[] expected = Silence.trim(AudioDecoder.decode(wav, 30));
        float[] heard = read(raw);
        assertEquals(expected.length, heard.length, 0.3 * AudioDecoder.SAMPLE_RATE);
        assertTrue(correlation(expected, heard) > 0.95, "correlation " + correlation(expected, heard));
    }

    @Test
    void withoutASoundSystemThatIsSaid() throws Exception {
        Path config = Files.createFile(folder.resolve("empty.conf"));
        Process probe = probe(RecordingProbe.class, config, folder.resolve("heard"));
        probe.getOutputStream().close();
        String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(
                "no sound system answers: start PipeWire or PulseAudio (pulseaudio --start), or plug in a sound card",
                said.strip());
    }

    private Path startServer() throws IOException {
        Path socket = folder.resolve("native");
        ProcessBuilder builder = new ProcessBuilder(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--log-target=file:" + folder.resolve("pulse.log"),
                "-L",
                "module-null-sink sink_name=sink",
                "-L",
                "module-native-protocol-unix auth-anonymous=1 socket=" + socket);
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PULSE_RUNTIME_PATH", folder.toString());
        server = builder.redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        while (!Files.exists(socket)) {
            assertTrue(server.isAlive(), () -> "pulseaudio ended; see " + folder.resolve("pulse.log"));
            LockSupport.parkNanos(20_000_000);
        }
        return socket;
    }

    private Process probe(Class<?> program, Path alsaConfig, Path file) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                file.toString());
        builder.environment().put("ALSA_CONFIG_PATH", alsaConfig.toString());
        builder.environment().put("HOME", folder.toString());
        return builder.redirectError(Redirect.DISCARD).start();
    }

    private Process run(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOME", folder.toString());
        return builder.redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /** The largest cosine of the two over shifts of up to 300 ms. */
    private static double correlation(float[] a, float[] b) {
        double best = 0;
        for (int shift = -4800; shift <= 4800; shift++) {
            double ab = 0;
            double aa = 0;
            double bb = 0;
            for (int i = Math.max(0, -shift); i < Math.min(a.length, b.length - shift); i++) {
                ab += a[i] * b[i + shift];
                aa += a[i] * a[i];
                bb += b[i + shift] * b[i + shift];
            }
            best = Math.max(best, ab / Math.sqrt(aa * bb));
        }
        return best;
    }

    private static float[] read(Path raw) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(raw));
        float[] samples = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(samples);
        return samples;
    }

    private static boolean installed(String command) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, command)));
    }

    /** Stands until the server runs. */
    private static Process ended() {
        try {
            return new ProcessBuilder("true").start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

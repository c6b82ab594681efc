package dev.matryoshka.app;

import com.sun.management.OperatingSystemMXBean;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** Looks at everything that the program needs or can use on this machine. Changes nothing but its own cache. */
final class Doctor {
    /** What the demo model takes; peak of an answer to a picture, measured at 335 MB. */
    private static final long LEAST_MEMORY = 400L << 20;

    private static final long LEAST_DISK = 100L << 20;

    private final AppFolders folders;

    Doctor(AppFolders folders) {
        this.folders = folders;
    }

    List<Finding> findings() {
        return List.of(
                java(),
                letters(),
                memory(),
                folder(),
                disk(),
                log(),
                model(),
                window(),
                vulkan(),
                microphone(),
                loudspeaker(),
                camera());
    }

    private static Finding java() {
        return Finding.ok(
                "java",
                true,
                "Java " + Runtime.version() + ", vectors of " + FloatVector.SPECIES_PREFERRED.vectorBitSize()
                        + " bits");
    }

    /** Names of files are read in the locale's letters, whatever the program says. */
    private static Finding letters() {
        String encoding = System.getProperty("sun.jnu.encoding", "");
        return Charset.isSupported(encoding)
                        && Charset.forName(encoding).newEncoder().canEncode("é文")
                ? Finding.ok("letters", false, "file names in " + encoding)
                : Finding.missing(
                        "letters",
                        false,
                        "file names with letters beyond " + encoding + " can't be opened",
                        "set LC_ALL=C.UTF-8 before starting");
    }

    private static Finding memory() {
        long total = 0;
        long free = Long.MAX_VALUE;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            total = system.getTotalMemorySize();
            free = system.getFreeMemorySize();
        }
        String found = megabytes(free) + " of " + megabytes(total) + " free";
        return free >= LEAST_MEMORY
                ? Finding.ok("memory", true, found)
                : Finding.missing(
                        "memory",
                        true,
                        found + "; the demo model takes " + megabytes(LEAST_MEMORY),
                        "close other programs");
    }

    private Finding folder() {
        Path cache = folders.cache();
        try {
            Files.createDirectories(cache);
            Files.delete(Files.createTempFile(cache, "doctor-", ""));
            return Finding.ok("folder", false, cache + " can be written");
        } catch (IOException e) {
            return Finding.missing(
                    "folder",
                    false,
                    cache + " can't be written, so nothing is kept",
                    "make it writable, or set XDG_CACHE_HOME to a folder that is");
        }
    }

    private Finding log() {
        Path logs = folders.logs();
        try {
            Files.createDirectories(logs);
            Files.delete(Files.createTempFile(logs, "doctor-", ""));
            return Finding.ok("log", false, "in " + logs);
        } catch (IOException e) {
            return Finding.missing(
                    "log",
                    false,
                    logs + " can't be written, so there is no log",
                    "make it writable, or set XDG_STATE_HOME to a folder that is");
        }
    }

    private Finding disk() {
        Path place = folders.cache();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        try {
            long usable = Files.getFileStore(place).getUsableSpace();
            String found = megabytes(usable) + " free for " + place;
            return usable >= LEAST_DISK
                    ? Finding.ok("disk", false, found)
                    : Finding.missing(
                            "disk", false, found, "free " + megabytes(LEAST_DISK) + ", or set XDG_CACHE_HOME");
        } catch (IOException e) {
            return Finding.missing("disk", false, place + " can't be looked at (" + e.getMessage() + ")", "mount it");
        }
    }

    private Finding model() {
        try {
            EmbeddedAssets assets = new ModelStore(folders).assets();
            List<Path> damaged = assets.damaged();
            return damaged.isEmpty()
                    ? Finding.ok("model", true, "the demo model in " + assets.model() + " is whole")
                    : Finding.missing(
                            "model",
                            true,
                            damaged.getFirst() + " is damaged",
                            "delete it; if it then isn't made again, install the program again");
        } catch (MatryoshkaException e) {
            return Finding.missing("model", true, e.problem(), e.remedy());
        } catch (IOException e) {
            return Finding.missing(
                    "model",
                    true,
                    "the demo model can't be read (" + e.getMessage() + ")",
                    "install the program again");
        }
    }

    private Finding window() {
        Optional<MatryoshkaException> problem = Display.problem(folders.environment());
        return problem.map(e -> Finding.missing("window", false, e.problem(), e.remedy()))
                .orElseGet(() -> Finding.ok("window", false, "can be shown"));
    }

    private static Finding vulkan() {
        try (Backend device = Devices.open("vulkan")) {
            return Finding.ok("vulkan", false, device.device());
        } catch (MatryoshkaException e) {
            return Finding.missing("vulkan", false, e.problem(), e.remedy());
        }
    }

    private static Finding microphone() {
        return SoundLines.input()
                ? Finding.ok("microphone", false, "there is one")
                : Finding.missing(
                        "microphone", false, "nothing to record from", "plug one in and start PulseAudio or PipeWire");
    }

    private static Finding loudspeaker() {
        return SoundLines.output()
                ? Finding.ok("loudspeaker", false, "there is one")
                : Finding.missing(
                        "loudspeaker", false, "nothing to play on", "plug one in and start PulseAudio or PipeWire");
    }

    /** Video devices of Linux; elsewhere the system asks when a camera is first opened. */
    private static Finding camera() {
        if (!Files.isDirectory(Path.of("/sys/class"))) {
            return Finding.ok("camera", false, "not looked for on this system");
        }
        for (int i = 0; i < 64; i++) {
            Path device = Path.of("/dev/video" + i);
            if (Files.exists(device)) {
                return Files.isReadable(device)
                        ? Finding.ok("camera", false, device.toString())
                        : Finding.missing(
                                "camera",
                                false,
                                device + " may not be read",
                                "join the group video (sudo usermod -aG video $USER) and log in again");
            }
        }
        return Finding.missing("camera", false, "there is none", "plug one in");
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }
}

package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.device.DeviceSelector;
import dev.matryoshka.engine.device.MeasurementStore;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Devices by name, and the choice among them. */
public final class Devices {
    /** The device name that leaves the choice to the program. */
    public static final String AUTO = "auto";

    /** What a Linux kernel shows of a GPU: the display drivers' nodes, NVIDIA's, AMD's for computing, Windows' below it. */
    private static final List<String> LINUX_GPUS = List.of("/dev/dri", "/dev/nvidiactl", "/dev/kfd", "/dev/dxg");

    private Devices() {}

    /**
     * Opens a device.
     *
     * @param name a kind ({@code cpu}), {@code kind:device} ({@code cpu:4}), or {@link #AUTO} for the fastest
     */
    public static Backend open(String name) {
        if (name.equals(AUTO)) {
            return open(selector().forStart().eligible().getFirst().device().id());
        }
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        List<BackendProvider> providers = providers();
        return providers.stream()
                .filter(p -> p.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "there is no device '" + name + "'",
                        "use one of "
                                + String.join(
                                        ", ",
                                        Stream.concat(
                                                        Stream.of(AUTO),
                                                        providers.stream().map(BackendProvider::kind))
                                                .toList())))
                .open(colon < 0 ? "" : name.substring(colon + 1));
    }

    /**
     * Chooses among all devices. What it measures is kept in the folder that the system property {@code matryoshka.cache} names,
     * without it for this process alone.
     */
    public static DeviceSelector selector() {
        String folder = System.getProperty("matryoshka.cache", "");
        return new DeviceSelector(
                providers(),
                new MeasurementStore(folder.isEmpty() ? null : Path.of(folder), Version.PROGRAM),
                Devices::gpuPossible);
    }

    private static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Other systems than Linux come with a GPU. */
    private static boolean gpuPossible() {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
        return !linux || LINUX_GPUS.stream().anyMatch(node -> Files.exists(Path.of(node)));
    }
}

package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.List;
import java.util.ServiceLoader;

/** Devices by name. */
public final class Devices {
    private Devices() {}

    /**
     * Opens a device.
     *
     * @param name a kind ({@code cpu}) or {@code kind:device} ({@code cpu:4})
     */
    public static Backend open(String name) {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        List<BackendProvider> providers = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return providers.stream()
                .filter(p -> p.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "there is no device '" + name + "'",
                        "use one of "
                                + String.join(
                                        ", ",
                                        providers.stream()
                                                .map(BackendProvider::kind)
                                                .toList())))
                .open(colon < 0 ? "" : name.substring(colon + 1));
    }
}

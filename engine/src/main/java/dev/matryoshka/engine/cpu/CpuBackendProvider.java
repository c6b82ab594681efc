package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.error.InvalidRequestException;

/** Opens {@code cpu} and {@code cpu:THREADS}. */
public final class CpuBackendProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public Backend open(String device) {
        if (device.isEmpty()) {
            return new CpuBackend();
        }
        if (!device.matches("[1-9][0-9]{0,2}")) {
            throw new InvalidRequestException("'" + device + "' is no number of threads", "write cpu or cpu:4");
        }
        int processors = Runtime.getRuntime().availableProcessors(); // more threads only wait for each other
        return new CpuBackend(Math.min(Integer.parseInt(device), processors));
    }
}

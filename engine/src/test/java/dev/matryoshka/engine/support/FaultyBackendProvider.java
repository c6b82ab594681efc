package dev.matryoshka.engine.support;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import java.util.List;

/**
 * Opens devices that fail as told: {@code faulty:run=3} is lost at the third run of a program and stays lost,
 * {@code faulty:weight=5} and {@code faulty:matrix=5} have no memory for the fifth of them or any after it, {@code faulty:read=1} gives wrong values from
 * the first read on, {@code faulty:free=1000} has so many bytes left. Lists none, so that no automatic choice meets one.
 */
public final class FaultyBackendProvider implements BackendProvider {
    @Override
    public String kind() {
        return "faulty";
    }

    @Override
    public List<DeviceInfo> list() {
        return List.of();
    }

    @Override
    public Backend open(String device) {
        int at = device.indexOf('=');
        return new FaultyBackend(
                Devices.open("cpu"), device.substring(0, at), Long.parseLong(device.substring(at + 1)));
    }
}

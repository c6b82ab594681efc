package dev.matryoshka.engine.device;

import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.selftest.DeviceCheck;
import org.jspecify.annotations.Nullable;

/**
 * A device, what was measured of it and what follows.
 *
 * @param device the device
 * @param measured its check; null where it was never checked
 * @param eligible whether the automatic choice may fall on it
 * @param why one clause for people: {@code 5.1 GB/s, the CPU itself 12.5}
 */
public record DeviceReport(DeviceInfo device, DeviceCheck.@Nullable Result measured, boolean eligible, String why) {
    /** Whether it is a GPU that should work and doesn't. */
    boolean broken() {
        return device.kind() != DeviceInfo.Kind.CPU && measured != null && measured.fault() != null;
    }
}

package dev.matryoshka.engine.backend;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A device as its driver describes it, not opened.
 *
 * @param id what opens it: {@code cpu}, {@code vulkan:0}
 * @param name for people
 * @param kind what sort of device
 * @param driver its driver with the driver's version, for people
 * @param api what it is driven through, with its version, as in {@code Vulkan 1.3.230}
 * @param key changes when the device or its driver does; what was measured belongs to it
 * @param memory bytes that it computes in
 * @param free how many of these this process may still take; what the driver says of it, else all
 * @param limits what bounds a kernel, by name, as in {@code max_binding_bytes}
 * @param features optional abilities that our kernels use
 * @param complete whether it computes every operation itself, not some on the CPU
 * @param shortcoming why it can't run the model, as in "has only Vulkan 1.0"; null where it can
 */
public record DeviceInfo(
        String id,
        String name,
        Kind kind,
        String driver,
        String api,
        String key,
        long memory,
        long free,
        Map<String, Long> limits,
        List<String> features,
        boolean complete,
        @Nullable String shortcoming) {

    /** Sorts of devices. */
    public enum Kind {
        DISCRETE,
        INTEGRATED,
        VIRTUAL,
        /** A processor, be it under the name of a GPU as llvmpipe is. */
        CPU,
        OTHER
    }

    public DeviceInfo {
        limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
        features = List.copyOf(features);
    }
}

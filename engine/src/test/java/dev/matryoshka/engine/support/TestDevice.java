package dev.matryoshka.engine.support;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.MatFormerSlice;

/** The device that comparisons with the reference run on: the CPU, or what another module's build names. */
public final class TestDevice {
    private static final String NAME = System.getProperty("matryoshka.test.device", "cpu");

    private TestDevice() {}

    /** Opens it. */
    public static Backend open() {
        return Devices.open(NAME);
    }

    /** The same as a device that can fail, where it is the CPU: models are placed there as on any that has memory of its own. */
    public static String placed() {
        return hasMemory() ? NAME : "faulty:never=1";
    }

    /** Whether it copies weights. */
    public static boolean hasMemory() {
        return !NAME.equals("cpu");
    }

    /** Whether a quantised matrix meets a single row of activations as 16-bit integers (decision 5), not as float32. */
    public static boolean roundsActivations() {
        return NAME.startsWith("vulkan");
    }

    /** Loads a whole model on it. */
    public static LoadOptions options(String id) {
        return new LoadOptions(id, NAME, MatFormerSlice::whole, LoadOptions.DEFAULT_CONTEXT);
    }
}

package dev.matryoshka.engine.backend;

import java.util.List;

/** Lists and opens devices of one kind. Found by {@link java.util.ServiceLoader}, so that the engine knows no GPU library. */
public interface BackendProvider {
    /** Prefix of the device names it opens: {@code cpu}, {@code vulkan}, {@code opencl}. */
    String kind();

    /**
     * Every device of this kind, in the order of their numbers, without opening one.
     *
     * @return those that can't run the model too, with the reason
     * @throws dev.matryoshka.engine.error.MatryoshkaException there is no driver for this kind
     */
    List<DeviceInfo> list();

    /**
     * Opens a device.
     *
     * @param device the part after the colon of {@code kind:device}, or empty for the best one
     * @throws dev.matryoshka.engine.error.MatryoshkaException if there is none or it can't be used
     */
    Backend open(String device);
}

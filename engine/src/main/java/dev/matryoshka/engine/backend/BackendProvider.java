package dev.matryoshka.engine.backend;

/** Opens devices of one kind. Found by {@link java.util.ServiceLoader}, so that the engine knows no GPU library. */
public interface BackendProvider {
    /** Prefix of the device names it opens: {@code cpu}, {@code vulkan}, {@code opencl}. */
    String kind();

    /**
     * Opens a device.
     *
     * @param device the part after the colon of {@code kind:device}, or empty for the best one
     * @throws dev.matryoshka.engine.error.MatryoshkaException if there is none or it can't be used
     */
    Backend open(String device);
}

package dev.matryoshka.engine.backend;

/**
 * What a kernel has cost a device so far.
 *
 * @param kernel its name, with what it worked on where that matters
 * @param calls how often it ran
 * @param nanos nanoseconds in all, by the device's clock
 */
public record KernelTime(String kernel, long calls, long nanos) {
    /** Both together. */
    public KernelTime plus(KernelTime other) {
        return new KernelTime(kernel, calls + other.calls, nanos + other.nanos);
    }
}

package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.text.ResidentLayers;
import org.jspecify.annotations.Nullable;

/** Brings a decoder's layers to what is wanted of them, one after the other, on a thread that ends when all are there. */
final class ResidencyWorker implements AutoCloseable {
    private final ResidentLayers layers;
    private boolean working;
    private boolean closed;
    private @Nullable MatryoshkaException problem;

    ResidencyWorker(ResidentLayers layers) {
        this.layers = layers;
    }

    /** What is wanted now, and how far it is. */
    synchronized Residency status() {
        return new Residency(layers.wanted(), working, problem);
    }

    /**
     * Names the most that is to be on the device; what of it is missing comes, what is more goes.
     *
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    synchronized void want(MatFormerSlice maximum) {
        layers.want(maximum);
        problem = null;
        if (!working && !closed) {
            working = true;
            Thread.ofPlatform().daemon().name("residency").start(this::work);
        }
    }

    /** Has everything come that a slice needs. */
    synchronized void include(MatFormerSlice slice) {
        if (!slice.within(layers.wanted())) {
            want(layers.wanted().plus(slice));
        }
    }

    /** Waits until nothing is on its way. */
    synchronized void await() {
        boolean interrupted = false;
        while (working) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        MatryoshkaException failure = null;
        boolean more = true;
        while (more) {
            try {
                layers.step();
            } catch (RuntimeException | Error e) {
                failure = e instanceof MatryoshkaException known
                        ? known
                        : new DeviceException("layers could not be loaded: " + e, "load the model again", e);
            }
            more = goOn(failure);
        }
    }

    private synchronized boolean goOn(@Nullable MatryoshkaException failure) {
        if (failure != null) {
            layers.settle();
            problem = failure;
        }
        working = failure == null && !closed && !layers.complete();
        if (!working) {
            notifyAll();
        }
        return working;
    }

    /** Waits for the layer that is on its way; the others stay as they are. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        await();
    }
}

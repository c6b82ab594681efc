package dev.matryoshka.engine.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Splits loops over a few threads that wait by spinning for some microseconds before they sleep: a decoded token has
 * hundreds of short loops, too short for a general executor. A loop that finds the pool busy runs on its caller alone. The pieces
 * get smaller towards the end, so that nobody waits long for another's last one (Polychronopoulos and Kuck, "Guided
 * Self-Scheduling", 1987).
 */
final class WorkerPool implements AutoCloseable {
    private static final int SPINS = 5_000;

    /** A part of a loop: the indices [from, to). */
    @FunctionalInterface
    interface Range {
        void run(int from, int to);
    }

    private static final class Job {
        final int items;
        final int grain;
        final int parts;
        final Range body;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger running;
        volatile @Nullable Throwable failure;

        Job(int items, int grain, Range body, int workers) {
            this.items = items;
            this.grain = grain;
            this.parts = 2 * (workers + 1);
            this.body = body;
            this.running = new AtomicInteger(workers);
        }

        void work() {
            try {
                for (int from = next.get(); from < items; from = next.get()) {
                    int to = Math.min(items, from + Math.max(grain, (items - from) / parts));
                    if (next.compareAndSet(from, to)) {
                        body.run(from, to);
                    }
                }
            } catch (Throwable t) { // handed to the caller of run
                failure = t;
            }
        }
    }

    private final Thread[] workers;
    private final ReentrantLock busy = new ReentrantLock();
    private volatile @Nullable Job job;
    private volatile boolean closed;

    WorkerPool(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("matryoshka-cpu-" + (i + 1))
                    .start(this::serve);
        }
    }

    int threads() {
        return workers.length + 1;
    }

    /**
     * Runs the body over [0, items) and waits.
     *
     * @param grain indices handed out at a time, at least; a loop of no more than this stays on the caller
     */
    void run(int items, int grain, Range body) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        if (items <= grain || workers.length == 0 || !busy.tryLock()) {
            if (items > 0) {
                body.run(0, items);
            }
            return;
        }
        try {
            Job mine = new Job(items, grain, body, workers.length);
            job = mine;
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
            mine.work();
            while (mine.running.get() > 0) {
                Thread.onSpinWait();
            }
            Throwable failure = mine.failure;
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
        } finally {
            busy.unlock();
        }
    }

    private void serve() {
        Job done = null;
        while (!closed) {
            Job current = job;
            for (int spins = 0; current == done && spins < SPINS; spins++) {
                Thread.onSpinWait();
                current = job;
            }
            if (current == done || current == null) {
                LockSupport.park(this);
                continue;
            }
            current.work();
            current.running.decrementAndGet();
            done = current;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}

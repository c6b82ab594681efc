package dev.matryoshka.engine.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast all threads together read memory that no cache holds: the bound of a decoded token. */
final class ReadBandwidth {
    private static final long BYTES = 512L << 20;
    private static final long BLOCK = 1L << 20;
    private static final int BLOCKS = (int) (BYTES / BLOCK);
    private static final int PASSES = 8;

    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final int STEP = L.vectorByteSize();
    private static final LongAdder SUMS = new LongAdder(); // so that the JIT can't leave the reading out

    private ReadBandwidth() {}

    /** Bytes a second, the best of several passes. */
    static double measure(WorkerPool pool) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(BYTES, 64);
            each(pool, block -> memory.asSlice(block * BLOCK, BLOCK).fill((byte) 1));
            long best = Long.MAX_VALUE;
            for (int pass = 0; pass < PASSES; pass++) {
                long start = System.nanoTime();
                each(pool, block -> SUMS.add(sum(memory, block * BLOCK)));
                best = Math.min(best, System.nanoTime() - start);
            }
            return BYTES / (best / 1e9);
        }
    }

    /** Works on one block. */
    @FunctionalInterface
    private interface BlockBody {
        void run(long block);
    }

    private static void each(WorkerPool pool, BlockBody body) {
        pool.run(BLOCKS, 1, (from, to) -> {
            for (int block = from; block < to; block++) {
                body.run(block);
            }
        });
    }

    private static long sum(MemorySegment memory, long from) {
        LongVector s0 = LongVector.zero(L);
        LongVector s1 = s0;
        for (long at = from; at < from + BLOCK; at += 2L * STEP) {
            s0 = s0.add(LongVector.fromMemorySegment(L, memory, at, ByteOrder.LITTLE_ENDIAN));
            s1 = s1.add(LongVector.fromMemorySegment(L, memory, at + STEP, ByteOrder.LITTLE_ENDIAN));
        }
        return s0.add(s1).reduceLanes(VectorOperators.ADD);
    }
}

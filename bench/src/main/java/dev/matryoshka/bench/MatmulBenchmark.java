package dev.matryoshka.bench;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A feed-forward matrix of Gemma 3n (16384 x 2048) times one token or a chunk of 64, per stored type. One token reads the
 * matrix once: bytes over time is the bandwidth reached (64 MiB in bfloat16). Copies take turns, so that none is in a cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatmulBenchmark {
    private static final int OUT = 16_384;
    private static final int IN = 2048;
    private static final long MORE_THAN_A_CACHE = 256 << 20;

    /** Stored type of the weight. */
    @Param({"BF16", "F16", "F32", "Q8_0", "Q4_0"})
    public String type = "BF16";

    /** Tokens at once. */
    @Param({"1", "64"})
    public int tokens = 1;

    private final Backend backend = Devices.open("cpu");
    private final Workspace workspace = backend.workspace("bench");
    private final Arena arena = Arena.ofShared();
    private final List<Program> programs = new ArrayList<>();
    private int next;

    @Setup
    public void record() {
        DType stored = DType.valueOf(type);
        long size = stored.bytes((long) OUT * IN);
        DeviceTensor x = workspace.allocate(tokens, IN);
        DeviceTensor out = workspace.allocate(tokens, OUT);
        for (long all = 0; all < MORE_THAN_A_CACHE; all += size) {
            MemorySegment bytes = arena.allocate(size, 64);
            for (long i = 0; i < size; i += 2) { // small numbers in every type, scales of blocks among them
                bytes.set(ValueLayout.JAVA_SHORT, i, (short) (0x3000 + i % 251));
            }
            DeviceTensor w = backend.load(new Tensor("w", stored, List.of(OUT, IN), bytes));
            programs.add(backend.record("matmul", ops -> ops.matmul(out, x, w, Epilogue.NONE)));
        }
    }

    @Benchmark
    public void matmul() {
        programs.get(next).run(StepParams.ALL);
        next = (next + 1) % programs.size();
    }

    @TearDown
    public void close() {
        programs.forEach(Program::close);
        workspace.close();
        backend.close();
        arena.close();
    }
}

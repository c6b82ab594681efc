package dev.matryoshka.gpu.cl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Gives the Java machine its signal handlers back after a driver took them. The machine stops its threads by faults that its own
 * handler knows. LLVM, the compiler inside pocl and Rusticl, puts one of its own in that place (llvm/lib/Support/Unix/Signals.inc),
 * which serves one fault; a second one at the same moment ends the process. LLVM takes them only once, so what is put back stays.
 */
final class SignalHandlers {
    private static final List<Integer> SIGNALS = List.of(4, 5, 7, 8, 11); // ILL, TRAP, BUS, FPE, SEGV of Linux
    private static final long SIZE = 256; // struct sigaction has 152 bytes or less
    private static final boolean LINUX =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

    /** As they were before any driver was asked. */
    private static final Map<Integer, MemorySegment> OWN = LINUX ? installed(Arena.global()) : Map.of();

    /** The call, looked up when it is first needed. */
    @SuppressWarnings("restricted") // its signature is that of the manual page
    private static final class Calls {
        static final MethodHandle SIGACTION = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("sigaction"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    private SignalHandlers() {}

    /** Runs what calls a driver that may compile, and puts the handlers back. */
    static <T> T kept(Supplier<T> calls) {
        try {
            return calls.get();
        } finally {
            OWN.forEach((signal, action) -> call(signal, action, MemorySegment.NULL));
        }
    }

    /** What handles each signal now: {@code struct sigaction}. */
    static Map<Integer, MemorySegment> installed(Arena arena) {
        return SIGNALS.stream().collect(Collectors.toMap(Function.identity(), signal -> {
            MemorySegment action = arena.allocate(SIZE, 8);
            call(signal, MemorySegment.NULL, action);
            return action;
        }));
    }

    /** {@code sigaction(2)}: the result is 0, or -1 where nothing was done. */
    static int call(int signal, MemorySegment action, MemorySegment old) {
        try {
            return (int) Calls.SIGACTION.invokeExact(signal, action, old);
        } catch (Throwable e) { // native access denied: as without it
            return -1;
        }
    }
}

package dev.matryoshka.engine.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * What the kernel may do with the pages of a mapped file: POSIX's {@code madvise} and {@code mincore} on Linux, nothing elsewhere. All
 * of it is advice; whatever goes wrong changes no result.
 */
public final class Pages {
    private static final long PAGE = 4096; // on other sizes the kernel refuses, which does no harm
    private static final int WILL_NEED = 3; // MADV_WILLNEED
    private static final int PAGE_OUT = 21; // MADV_PAGEOUT, Linux 5.4
    private static final int POPULATE_READ = 22; // MADV_POPULATE_READ, Linux 5.14
    private static final boolean LINUX =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

    private Pages() {}

    /** The calls, looked up when they are first needed. */
    @SuppressWarnings("restricted") // their signatures are those of the manual pages
    private static final class Calls {
        static final MethodHandle MADVISE = call(
                "madvise",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        static final MethodHandle MINCORE = call(
                "mincore",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));

        private static MethodHandle call(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
        }
    }

    /** Tells the kernel to read a piece of a mapping ahead, and doesn't wait for it. */
    public static void willNeed(MemorySegment piece) {
        advise(piece, WILL_NEED);
    }

    /** Drops a piece of a mapping from memory, so that it is read from the disk again: for measuring. */
    public static void forget(MemorySegment piece) {
        advise(piece, POPULATE_READ); // only what is in the page table is paged out
        advise(piece, PAGE_OUT);
    }

    private static void advise(MemorySegment piece, int advice) {
        MemorySegment pages = pages(piece);
        if (LINUX && pages.byteSize() > 0) {
            try {
                int ignored = (int) Calls.MADVISE.invokeExact(pages, pages.byteSize(), advice);
            } catch (Throwable e) { // a JDK without it, or native access denied
                return;
            }
        }
    }

    /** Bytes of a mapping that are in memory, as whole pages; empty where it can't be told or none is mapped. */
    public static OptionalLong resident(MemorySegment mapping) {
        MemorySegment pages = pages(mapping);
        if (!LINUX || pages.byteSize() == 0) {
            return OptionalLong.empty();
        }
        long count = (pages.byteSize() + PAGE - 1) / PAGE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(count);
            int result = (int) Calls.MINCORE.invokeExact(pages, pages.byteSize(), flags);
            return result != 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(PAGE
                            * LongStream.range(0, count)
                                    .filter(i -> (flags.get(ValueLayout.JAVA_BYTE, i) & 1) != 0)
                                    .count());
        } catch (Throwable e) {
            return OptionalLong.empty();
        }
    }

    /** The pages that a piece touches; nothing of what is on the heap. */
    @SuppressWarnings("restricted") // a page begins before the piece, within the mapping
    private static MemorySegment pages(MemorySegment piece) {
        if (!piece.isMapped()) {
            return MemorySegment.NULL;
        }
        long start = piece.address() / PAGE * PAGE;
        return MemorySegment.ofAddress(start).reinterpret(piece.address() + piece.byteSize() - start);
    }
}

package dev.matryoshka.gpu.vk;

import dev.matryoshka.gpu.device.Dispatch;
import java.util.ArrayList;
import java.util.List;

/** Finds out which dispatch must wait for those before it: what touched the same bytes since the last barrier. */
final class Hazards {
    private final List<Dispatch.Binding> touched = new ArrayList<>();

    /** Whether a barrier must stand before this dispatch, which is the next. */
    boolean needBarrier(Dispatch dispatch) {
        boolean conflict =
                dispatch.bindings().stream().anyMatch(b -> touched.stream().anyMatch(t -> conflict(t, b)));
        if (conflict) {
            touched.clear();
        }
        touched.addAll(dispatch.bindings());
        return conflict;
    }

    private static boolean conflict(Dispatch.Binding a, Dispatch.Binding b) {
        return (a.use() == Dispatch.Use.WRITE || b.use() == Dispatch.Use.WRITE)
                && a.buffer().handle() == b.buffer().handle()
                && a.offset() < b.offset() + b.range()
                && b.offset() < a.offset() + a.range();
    }
}

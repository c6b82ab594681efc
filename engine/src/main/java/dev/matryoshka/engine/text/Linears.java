package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.lora.LoraTarget;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The linear layers of a decoder layer, with what adapters add: {@code W x + sum of factor * B (A x)} (PEFT's {@code
 * lora.Linear.forward}). A weight that is cut to a slice cuts them as well.
 *
 * @param pairs what adapters have beside a layer
 * @param low scratch, [rows, at least rank]; null where there are none
 * @param update scratch, [rows, at least outputs]; null where there are none
 */
record Linears(
        Map<LoraTarget, List<LowRank>> pairs,
        @Nullable DeviceTensor low,
        @Nullable DeviceTensor update) {

    /** Whether an adapter changes one of them. */
    boolean adapts(LoraTarget... targets) {
        return List.of(targets).stream().anyMatch(pairs::containsKey);
    }

    /** {@code out = activation(W x + …)}; the epilogue has no scale. */
    void record(Ops ops, LoraTarget target, DeviceTensor out, DeviceTensor x, DeviceTensor w, Activation activation) {
        if (!adapts(target)) {
            ops.matmul(out, x, w, new Epilogue(1, activation));
            return;
        }
        ops.matmul(out, x, w, Epilogue.NONE);
        for (LowRank whole : Objects.requireNonNull(pairs.get(target))) {
            LowRank pair = whole.narrow(w.rows(), w.columns());
            DeviceTensor inner = Objects.requireNonNull(low).rows(0, out.rows()).columns(0, pair.rank());
            DeviceTensor added =
                    Objects.requireNonNull(update).rows(0, out.rows()).columns(0, w.rows());
            ops.matmul(inner, x, pair.a(), Epilogue.scale(pair.factor()));
            ops.matmul(added, inner, pair.b(), Epilogue.NONE);
            ops.add(out, out, added);
        }
        if (activation != Activation.NONE) {
            ops.activate(out, out, activation);
        }
    }
}

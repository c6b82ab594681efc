package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.lora.LoraTarget;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The adapters that a step computes with, and the memory that takes. */
public final class Adaptation {
    /** Without any. */
    public static final Adaptation NONE = new Adaptation(List.of(), null, null);

    private final List<Use> uses;
    private final @Nullable DeviceTensor low; // [rows, highest rank]
    private final @Nullable DeviceTensor update; // [rows, widest output]

    /** An adapter and how much of it: 1 as it was trained, 0 for none. */
    public record Use(LoadedAdapter adapter, float strength) {}

    private Adaptation(List<Use> uses, @Nullable DeviceTensor low, @Nullable DeviceTensor update) {
        this.uses = uses;
        this.low = low;
        this.update = update;
    }

    /**
     * Some adapters.
     *
     * @param rows most tokens of a step
     */
    public static Adaptation of(List<Use> uses, TextConfig config, Workspace workspace, int rows) {
        int rank = 1;
        int widest = 1;
        for (Use use : uses) {
            for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
                for (LowRank pair : use.adapter().layer(layer).values()) {
                    rank = Math.max(rank, pair.rank());
                    widest = Math.max(widest, pair.b().rows());
                }
            }
        }
        return new Adaptation(List.copyOf(uses), workspace.allocate(rows, rank), workspace.allocate(rows, widest));
    }

    /** The linear layers of one decoder layer. */
    Linears layer(int layer) {
        Map<LoraTarget, List<LowRank>> pairs = new EnumMap<>(LoraTarget.class);
        for (Use use : uses) {
            use.adapter()
                    .layer(layer)
                    .forEach((target, pair) -> pairs.computeIfAbsent(target, t -> new ArrayList<>())
                            .add(pair.times(use.strength())));
        }
        return new Linears(pairs, low, update);
    }
}

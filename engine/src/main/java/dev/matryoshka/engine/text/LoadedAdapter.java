package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.lora.LoraAdapter;
import dev.matryoshka.engine.lora.LoraTarget;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** An adapter's matrices on a device. */
public final class LoadedAdapter {
    private final Map<Integer, Map<LoraTarget, LowRank>> layers = new HashMap<>();

    /** Loads them; the adapter stays open as long as the backend. */
    public LoadedAdapter(LoraAdapter adapter, Backend backend) {
        adapter.layers().forEach((layer, targets) -> {
            Map<LoraTarget, LowRank> loaded = new EnumMap<>(LoraTarget.class);
            targets.forEach((target, pair) ->
                    loaded.put(target, new LowRank(backend.load(pair.a()), backend.load(pair.b()), pair.scaling())));
            layers.put(layer, loaded);
        });
    }

    /** Of one layer, empty where the adapter leaves it as it is. */
    Map<LoraTarget, LowRank> layer(int layer) {
        return layers.getOrDefault(layer, Map.of());
    }
}

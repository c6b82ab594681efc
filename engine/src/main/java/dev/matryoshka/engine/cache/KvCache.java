package dev.matryoshka.engine.cache;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one conversation: a ring for every layer below the sharing point, [capacity, kvHeads * headDim].
 * Local layers keep their window and one chunk more, so that a whole chunk can be stored before its first token attends.
 */
public final class KvCache implements AutoCloseable {
    private final Workspace workspace;
    private final TextConfig config;
    private final List<DeviceTensor> keys = new ArrayList<>();
    private final List<DeviceTensor> values = new ArrayList<>();
    private final int contextLimit;

    /**
     * @param contextLimit longest conversation, in tokens
     * @param chunk most tokens of one step
     */
    public KvCache(Backend backend, TextConfig config, int contextLimit, int chunk) {
        this.config = config;
        this.contextLimit = contextLimit;
        workspace = backend.workspace("kv");
        try {
            allocate(chunk);
        } catch (RuntimeException | Error e) {
            workspace.close();
            throw e;
        }
    }

    private void allocate(int chunk) {
        int width = config.numKeyValueHeads() * config.headDim();
        for (int layer = 0; layer < config.firstKvSharedLayer(); layer++) {
            boolean local = config.layerTypes().get(layer) == LayerType.LOCAL;
            int capacity =
                    local ? (int) Math.min((long) config.slidingWindow() + chunk - 1, contextLimit) : contextLimit;
            keys.add(workspace.allocate(capacity, width));
            values.add(workspace.allocate(capacity, width));
        }
    }

    /** The keys that a layer attends to, its own or those of the layer it shares. */
    public DeviceTensor keys(int layer) {
        return keys.get(config.kvSourceLayer(layer));
    }

    /** The values that a layer attends to. */
    public DeviceTensor values(int layer) {
        return values.get(config.kvSourceLayer(layer));
    }

    /** Longest conversation, in tokens. */
    public int contextLimit() {
        return contextLimit;
    }

    @Override
    public void close() {
        workspace.close();
    }
}

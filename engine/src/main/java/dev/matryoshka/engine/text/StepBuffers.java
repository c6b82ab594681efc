package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.TextConfig;

/** Memory of one kind of step. */
public final class StepBuffers {
    /** Logits that share a maximum. */
    public static final int BLOCK = 64;

    private final DecoderBuffers decoder;
    private final DeviceTensor hidden;
    private final DeviceTensor logits;
    private final DeviceTensor maxima;

    /**
     * @param rows most tokens of a step
     * @param outputRows 1 for the last token's logits, else {@code rows}
     */
    public StepBuffers(Workspace workspace, TextConfig config, int rows, int outputRows) {
        decoder = DecoderBuffers.allocate(workspace, config, rows);
        hidden = workspace.allocate(outputRows, config.hiddenSize());
        logits = workspace.allocate(outputRows, config.vocabSize());
        maxima = workspace.allocate(outputRows, (config.vocabSize() + BLOCK - 1) / BLOCK);
    }

    DecoderBuffers decoder() {
        return decoder;
    }

    /** Token embeddings, [rows, hidden], written before each run. */
    public DeviceTensor embeddings() {
        return decoder.embeddings();
    }

    /** The tokens' rows of the per-layer table, [rows, layers * PLE width], written before each run. */
    public DeviceTensor tokenPerLayer() {
        return decoder.tokenPerLayer();
    }

    /** Hidden state after the final norm, [output rows, hidden]. */
    public DeviceTensor hidden() {
        return hidden;
    }

    /** [output rows, vocabulary]. */
    public DeviceTensor logits() {
        return logits;
    }

    /** The largest logit of each block of {@link #BLOCK}, [output rows, blocks]. */
    public DeviceTensor maxima() {
        return maxima;
    }
}

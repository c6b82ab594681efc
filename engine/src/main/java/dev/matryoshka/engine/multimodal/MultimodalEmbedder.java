package dev.matryoshka.engine.multimodal;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tower's features, or ids of its small vocabulary, in the decoder's space ({@code Gemma3nMultimodalEmbedder}): norm,
 * projection, norm without a weight.
 */
public final class MultimodalEmbedder {
    private final Backend backend;
    private final Spec spec;
    private final Tensor table;
    private final DeviceTensor hardNorm;
    private final DeviceTensor softNorm;
    private final DeviceTensor projection;
    private final Map<Integer, float[]> embedded = new ConcurrentHashMap<>();

    /**
     * Sizes of an embedder.
     *
     * @param prefix of its weights, for example {@code model.embed_vision.}
     * @param towerSize width of the tower's features
     * @param textSize hidden size of the decoder
     * @param vocabSize rows of its table
     * @param vocabOffset id of row 0
     * @param eps of the norms
     */
    public record Spec(String prefix, int towerSize, int textSize, int vocabSize, int vocabOffset, float eps) {}

    public MultimodalEmbedder(WeightSource source, Spec spec, Backend backend) {
        this.backend = backend;
        this.spec = spec;
        table = source.require(spec.prefix() + "embedding.weight", spec.vocabSize(), spec.towerSize());
        hardNorm = backend.load(source.require(spec.prefix() + "hard_embedding_norm.weight", spec.towerSize()));
        softNorm = backend.load(source.require(spec.prefix() + "soft_embedding_norm.weight", spec.towerSize()));
        projection = backend.load(
                source.require(spec.prefix() + "embedding_projection.weight", spec.textSize(), spec.towerSize()));
    }

    /** The embedding, [text size], of an id of the tower's vocabulary. */
    public float[] embed(int id) {
        return embedded.computeIfAbsent(id, i -> {
            long row = (long) i - spec.vocabOffset();
            return project(table.toFloats(row * spec.towerSize(), spec.towerSize()), 1, hardNorm);
        });
    }

    /** The embedding of the vocabulary's last id, which fills what a sound leaves free. */
    public float[] embedLast() {
        return embed(spec.vocabOffset() + spec.vocabSize() - 1);
    }

    /** Soft tokens, [count, text size], of features [count, tower size]. */
    public float[] embed(float[] features) {
        return project(features, features.length / spec.towerSize(), softNorm);
    }

    private float[] project(float[] values, int rows, DeviceTensor norm) {
        try (Workspace workspace = backend.workspace("embedder")) {
            DeviceTensor in = workspace.allocate(rows, spec.towerSize());
            DeviceTensor out = workspace.allocate(rows, spec.textSize());
            try (Program program = backend.record(spec.prefix(), ops -> {
                ops.rmsNorm(in, in, norm, spec.towerSize(), spec.eps());
                ops.matmul(out, in, projection, Epilogue.NONE);
                ops.rmsNorm(out, out, null, spec.textSize(), spec.eps());
            })) {
                backend.write(in, values);
                program.run(StepParams.ALL);
            }
            float[] result = new float[rows * spec.textSize()];
            backend.read(out, result);
            return result;
        }
    }
}

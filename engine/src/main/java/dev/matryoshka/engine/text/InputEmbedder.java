package dev.matryoshka.engine.text;

import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.Tensor;
import java.util.function.IntFunction;

/**
 * Token ids to embeddings. Ids of the picture and sound vocabularies, their end markers included, don't come from the
 * text table: a multimodal embedder makes them ({@code Gemma3nModel.forward}).
 */
public final class InputEmbedder {
    private final Tensor table;
    private final float scale;
    private final int textVocabulary;
    private final IntFunction<float[]> multimodal;

    /**
     * @param textVocabulary ids below this come from the text table
     * @param multimodal the embedding, [hidden], of any other id; complains of one that it doesn't know
     */
    public InputEmbedder(Tensor table, TextConfig config, int textVocabulary, IntFunction<float[]> multimodal) {
        this.table = table;
        this.scale = (float) Math.sqrt(config.hiddenSize());
        this.textVocabulary = textVocabulary;
        this.multimodal = multimodal;
    }

    /** Embeddings of some ids, [ids, hidden]. */
    public float[] embed(int[] ids) {
        int hidden = table.columns();
        float[] rows = new float[ids.length * hidden];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] < textVocabulary && ids[i] >= table.rows()) {
                throw unknown(ids[i], table.rows());
            }
            if (ids[i] < textVocabulary) {
                Embeddings.copyRow(table, ids[i], scale, rows, i * hidden);
            } else {
                System.arraycopy(multimodal.apply(ids[i]), 0, rows, i * hidden, hidden);
            }
        }
        return rows;
    }

    /** What to say of an id that no vocabulary has. */
    public static InvalidRequestException unknown(int id, long vocabulary) {
        return new InvalidRequestException(
                "token " + id + " is not in the vocabulary of " + vocabulary,
                "use the tokenizer that belongs to this model");
    }
}

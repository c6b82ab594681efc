package dev.matryoshka.engine.tokenizer;

/**
 * Ids to text as they come. All that it returns, put together, is {@link Tokenizer#decode} of the ids without special
 * tokens. A run of byte pieces is held back until it ends, because whether it is UTF-8 shows only then; so no character
 * is ever split.
 */
public final class StreamingDecoder {
    private final Tokenizer tokenizer;
    private final Ids pending = new Ids(8);

    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Takes the next id; returns the text that is complete by now, which may be empty. */
    public String push(int id) {
        if (tokenizer.isSpecial(id)) {
            return "";
        }
        pending.add(id);
        return tokenizer.isByte(id) ? "" : flush();
    }

    /** The rest: bytes that nothing followed. */
    public String flush() {
        String text = tokenizer.decode(pending.toArray());
        pending.clear();
        return text;
    }
}

package dev.matryoshka.engine.tokenizer;

/**
 * Ids to text as they come. All that it returns, put together, is {@link Tokenizer#decode} of the ids without special
 * tokens. A run of byte pieces is held back until it ends, because whether it is UTF-8 shows only then; so no character
 * is ever split.
 */
public final class StreamingDecoder {
    private static final int LONGEST = 4; // bytes of a character

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

    /**
     * Forgets the last bytes, where they begin a character and don't end it.
     *
     * @return how many ids that were
     */
    public int dropUnfinished() {
        int size = pending.size();
        for (int back = 1; back <= Math.min(LONGEST - 1, size); back++) {
            int value = Integer.parseInt(tokenizer.piece(pending.array()[size - back]), 3, 5, 16);
            if (value < 0x80 || value >= 0xC0) { // where a character begins
                int length = value < 0x80 ? 1 : value < 0xE0 ? 2 : value < 0xF0 ? 3 : LONGEST;
                int dropped = length > back ? back : 0;
                pending.truncate(size - dropped);
                return dropped;
            }
        }
        return 0;
    }

    /** The rest: bytes that nothing followed. */
    public String flush() {
        String text = tokenizer.decode(pending.toArray());
        pending.clear();
        return text;
    }
}

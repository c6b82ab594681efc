package dev.matryoshka.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Ids to text as they come, whole characters only. Special tokens are not shown; bytes that are no UTF-8 become U+FFFD. */
public final class StreamingDecoder {
    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer pending = ByteBuffer.allocate(0);

    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Takes the next id; returns the text that is complete by now, which may be empty. */
    public String push(int id) {
        byte[] more = tokenizer.bytes(id);
        ByteBuffer bytes = ByteBuffer.allocate(pending.remaining() + more.length);
        bytes.put(pending).put(more).flip();
        return decode(bytes, false);
    }

    /** The rest: a character that was never finished. */
    public String flush() {
        String rest = decode(pending, true);
        decoder.reset();
        return rest;
    }

    private String decode(ByteBuffer bytes, boolean end) {
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + 2);
        decoder.decode(bytes, text, end);
        if (end) {
            decoder.flush(text);
        }
        pending = bytes;
        return text.flip().toString();
    }
}

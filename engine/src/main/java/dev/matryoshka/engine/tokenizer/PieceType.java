package dev.matryoshka.engine.tokenizer;

/** What kind of piece a SentencePiece vocabulary holds, by its number in a GGUF file ({@code llama_token_type}). */
final class PieceType {
    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private PieceType() {}
}

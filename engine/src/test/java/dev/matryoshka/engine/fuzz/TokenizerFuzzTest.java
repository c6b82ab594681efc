package dev.matryoshka.engine.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.matryoshka.engine.tokenizer.BpeTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code tokenizer.json}. What is loaded takes any text to ids and back. */
class TokenizerFuzzTest {
    private static final String TEXT = "<start_of_turn>user\nab  abba é🙂\u0000<end_of_turn>";

    private static final Path FOLDER = Reading.folder();

    @DictionaryEntries({
        "\"added_tokens\":[",
        "\"normalizer\":",
        "\"pre_tokenizer\":",
        "\"decoder\":",
        "\"model\":{",
        "\"vocab\":{",
        "\"merges\":[",
        "\"unk_token\":",
        "\"fuse_unk\":true",
        "\"byte_fallback\":true",
        "\"ignore_merges\":",
        "\"special\":true",
        "\"normalized\":true",
        "\"lstrip\":true",
        "\"rstrip\":true",
        "\"single_word\":true",
        "<start_of_turn>",
        "<end_of_turn>",
        "<0x00>",
        "<0xC3>",
        "\u00e2\u0096\u0081",
        "4194303",
        "4194304",
        "-1",
        "1e2",
        "null",
        "\\u0000",
        "\\ud83d\\ude42",
        "\\ud83d"
    })
    @FuzzTest
    void loads(byte[] content) throws Exception {
        Path file = FOLDER.resolve("tokenizer.json");
        Files.write(file, content);
        Reading.mustEndWell(content, () -> {
            BpeTokenizer tokenizer = BpeTokenizer.load(file);
            int[] ids = tokenizer.encode(TEXT, true);
            if (!tokenizer.decode(ids).isEmpty()
                    && Arrays.stream(ids).anyMatch(id -> id < 0 || id >= tokenizer.size())) {
                throw new AssertionError("an id beyond the vocabulary in " + Arrays.toString(ids));
            }
        });
    }
}

package dev.matryoshka.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.tokenizer.BpeTokenizer;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows how a text becomes tokens. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = "Prints ids, pieces and the decoded text of each text as one JSON object a line.")
final class TokenizeCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--model", paramLabel = "ID|FOLDER|GGUF", description = "Whose tokenizer (default: embedded).")
    private String model = ModelStore.EMBEDDED;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "A tokenizer.json or a GGUF file instead of a model.")
    private @Nullable Path tokenizer;

    @Option(names = "--special", description = "Recognise special tokens written in the text.")
    private boolean special;

    @Option(names = "--file", paramLabel = "F.jsonl", description = "Texts, one {\"text\": …} a line.")
    private @Nullable Path file;

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The text.")
    private @Nullable String text;

    @Override
    public Integer call() {
        if ((text == null) == (file == null)) {
            throw new InvalidRequestException("there is no single text to tokenize", "give either TEXT or --file");
        }
        BpeTokenizer bpe = BpeTokenizer.load(
                tokenizer == null
                        ? new ModelStore(AppFolders.ofUser()).find(model).tokenizer()
                        : tokenizer);
        PrintStream out = Terminal.out();
        if (text != null) {
            out.println(line(bpe, text));
        } else if (file != null) {
            eachLine(file, each -> out.println(line(bpe, each)));
        }
        out.flush();
        return 0;
    }

    /** Hears the texts of a file. */
    @FunctionalInterface
    private interface TextConsumer {
        void accept(String text);
    }

    private static void eachLine(Path file, TextConsumer consumer) {
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    consumer.accept(text(line, number));
                }
            }
        } catch (IOException e) {
            throw new InvalidRequestException(
                    file + " can't be read (" + e.getMessage() + ")", "check the path, and that it is UTF-8", e);
        }
    }

    private static String text(String line, int number) {
        try {
            JsonNode text = JSON.readTree(line).path("text");
            if (text.isTextual()) {
                return text.textValue();
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw new InvalidRequestException("line " + number + " is no {\"text\": …}", "write one JSON object a line");
    }

    private String line(Tokenizer bpe, String value) {
        int[] ids = bpe.encode(value, special);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ids", ids);
        fields.put("pieces", Arrays.stream(ids).mapToObj(bpe::piece).toList());
        fields.put("decoded", bpe.decode(ids));
        return Terminal.json(fields);
    }
}

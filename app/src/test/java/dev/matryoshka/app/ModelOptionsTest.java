package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.Gemma3n;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command line says, and what the window remembers where it says nothing. */
class ModelOptionsTest {
    private static ModelOptions parsed(String... arguments) {
        ModelOptions options = new ModelOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("model", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        return options;
    }

    @ParameterizedTest
    @CsvSource({"--ple-cache=5,32000000,5242880", "--ple-cache=0,32000000,0", "--device=cpu,32000000,32000000", "--device=cpu,,67108864"})
    void anOptionBeatsWhatWasSetInTheWindow(String argument, Long remembered, long bytes) {
        ModelOptions options = parsed(argument);
        options.remember(remembered);
        try (Gemma3n loaded = options.load(0)) {
            assertEquals(bytes, loaded.perLayerTable().budgetBytes());
        }
    }
}

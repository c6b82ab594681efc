package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.AdapterChoice;
import dev.matryoshka.engine.Gemma3n;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command line says, and what the window remembers where it says nothing. */
class ModelOptionsTest {
    private static ModelOptions parsed(String... arguments) {
        ModelOptions options = new ModelOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("model", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        return options;
    }

    @ParameterizedTest
    @CsvSource({
        "--ple-cache=5,32000000,5242880",
        "--ple-cache=0,32000000,0",
        "--device=cpu,32000000,32000000",
        "--device=cpu,,67108864"
    })
    void anOptionBeatsWhatWasSetInTheWindow(String argument, Long remembered, long bytes) {
        ModelOptions options = parsed(argument);
        options.otherwise(null, "cpu", remembered);
        try (Gemma3n loaded = options.load(0)) {
            assertEquals(bytes, loaded.perLayerTable().budgetBytes());
        }
    }

    @Test
    void theWindowGoesOnWithWhatWasUsedLast() {
        ModelOptions plain = parsed();
        assertEquals("embedded auto", plain.model() + " " + plain.device());
        plain.otherwise("some/model", "vulkan:1", null);
        assertEquals("some/model vulkan:1", plain.model() + " " + plain.device());
        ModelOptions said = parsed("--model=other/model", "--device=cpu");
        said.otherwise("some/model", "vulkan:1", null);
        assertEquals("other/model cpu", said.model() + " " + said.device());
    }

    @Test
    void aSliceBelongsToTheModelThatItWasNamedWith() {
        ModelOptions options = parsed("--slice=half", "--context=512", "--ple-cache=3");
        for (String model : List.of("embedded", other())) {
            try (Gemma3n loaded = options.with(model, "cpu").load(0)) {
                assertEquals(
                        model.equals("embedded") ? "half" : "whole",
                        loaded.slice().name());
                assertEquals(512, loaded.info().contextLength());
                assertEquals(3 << 20, loaded.perLayerTable().budgetBytes());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"adapters/a,adapters/a,1", "adapters/a:0.5,adapters/a,0.5", "C:/a,C:/a,1", "a:b:-2,a:b,-2"})
    void anAdapterMayHaveAStrength(String text, String folder, float strength) {
        assertEquals(new AdapterChoice(Path.of(folder), strength), ModelOptions.adapter(text));
    }

    /** The same model by its folder. */
    private static String other() {
        return new ModelStore(AppFolders.ofUser()).assets().model().toString();
    }
}

package dev.matryoshka.engine;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters against checkpoints that PEFT's merge made, see tools/reference/lora_golden.py. */
class LoraReferenceTest {
    private static final float TINY = 2e-3f;
    private static final float SUMS = 1e-4f; // they change their order once the JIT has compiled them
    private static final int CONTEXT = 64;
    private static final List<String> NAMES = List.of("wide", "stable");

    private final Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), TestDevice.options("tiny"));

    @AfterEach
    void close() {
        gemma.close();
    }

    static Path adapter(String name) {
        return Golden.path("tiny-text").resolve("adapters").resolve(name);
    }

    private static List<AdapterChoice> choices(SafetensorsFile golden) {
        float[] strengths = Golden.floats(golden, "strengths");
        List<AdapterChoice> choices = new ArrayList<>();
        for (int i = 0; i < strengths.length; i++) {
            if (strengths[i] != 0) {
                choices.add(new AdapterChoice(adapter(NAMES.get(i)), strengths[i]));
            }
        }
        return choices;
    }

    private static MatFormerSlice slice(SafetensorsFile golden) {
        Set<Integer> skip = new HashSet<>();
        IntStream.of(Golden.ints(golden, "skip")).forEach(skip::add);
        return new MatFormerSlice(
                "cut", skip, IntStream.of(Golden.ints(golden, "ffn")).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "both", "wide-half", "both-skip-6-7"})
    void unmergedItSaysWhatTheMergedCheckpointSays(String which) {
        try (SafetensorsFile golden = Golden.open("tiny-text/cases/lora-" + which + ".safetensors")) {
            gemma.useAdapters(choices(golden));
            try (DecoderSession session = gemma.session(CONTEXT)) {
                session.useSlice(slice(golden), KvPolicy.RECOMPUTE);
                int[] prompt = Golden.ints(golden, "input_ids");
                float[] all = Golden.floats(golden, "logits");
                int vocabulary = all.length / prompt.length;
                for (int end : new int[] {1, 9}) { // one by one, and many at once
                    session.tokens()
                            .add(Arrays.copyOfRange(prompt, session.tokens().size(), end));
                    assertClose("token " + end, row(all, end - 1, vocabulary), advance(session), TINY);
                }
                session.tokens().add(Arrays.copyOfRange(prompt, 9, prompt.length));
                int[] greedy = Golden.ints(golden, "greedy_ids");
                float[] rows = Golden.floats(golden, "greedy_logits");
                for (int step = 0; step < greedy.length; step++) {
                    assertClose("step " + step, row(rows, step, vocabulary), advance(session), TINY);
                    session.tokens().add(greedy[step]);
                }
            }
        }
    }

    private static float[] row(float[] all, int row, int vocabulary) {
        return Arrays.copyOfRange(all, row * vocabulary, (row + 1) * vocabulary);
    }

    private static float[] advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    private static float[] advance(PlacedSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    @Test
    void aConversationThatRunsTakesThemUpAndGivesThemUpAgain() {
        try (SafetensorsFile golden = Golden.open("tiny-text/cases/lora-both.safetensors");
                PlacedSession session = new PlacedSession(gemma, CONTEXT)) {
            int[] prompt = Golden.ints(golden, "input_ids");
            float[] all = Golden.floats(golden, "logits");
            float[] adapted = row(all, prompt.length - 1, all.length / prompt.length);
            session.tokens().add(prompt);
            float[] plain = advance(session);
            long weights = weights();
            gemma.useAdapters(choices(golden));
            assertClose("adapted", adapted, advance(session), TINY);
            long with = weights();
            gemma.useAdapters(choices(golden).stream()
                    .map(choice -> new AdapterChoice(choice.folder(), 0))
                    .toList());
            assertClose("of no strength", plain, advance(session), TINY);
            gemma.useAdapters(List.of());
            assertClose("without any", plain, advance(session), SUMS);
            gemma.useAdapters(choices(golden));
            assertClose("adapted again", adapted, advance(session), TINY);
            assertEquals(with, weights(), "loaded once");
            assertTrue(with >= weights, "they count as weights");
        }
    }

    private long weights() {
        return gemma.memory().held().getOrDefault("weights", 0L);
    }

    @Test
    void aStrengthThatIsNoNumberIsRefused() {
        InvalidRequestException e = assertThrows(
                InvalidRequestException.class,
                () -> gemma.useAdapters(List.of(new AdapterChoice(adapter("wide"), Float.NaN))));
        assertEquals("an adapter of strength NaN", e.problem());
    }
}

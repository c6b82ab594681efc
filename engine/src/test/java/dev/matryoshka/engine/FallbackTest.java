package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.cpu.CpuBackendProvider;
import dev.matryoshka.engine.device.DeviceSelector;
import dev.matryoshka.engine.device.MeasurementStore;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.selftest.DeviceCheck;
import dev.matryoshka.engine.support.FaultyBackend;
import dev.matryoshka.engine.support.FaultyBackendProvider;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose device fails goes on with the CPU. */
class FallbackTest {
    private static final BackendProvider CPU = new CpuBackendProvider();
    private static final int CONTEXT = 200;
    private static final int[] PROMPT =
            IntStream.range(0, 70).map(i -> 5 + i * 7 % 200).toArray();
    private static final int STEPS = 6;

    @AfterEach
    void everyDeviceIsClosed() {
        assertEquals(0, FaultyBackend.OPEN.get());
    }

    /** The first chunk, the last one, a decoded token. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void aLostDeviceCostsNothingThatWasSaid(int run) {
        List<ModelInfo> told = new ArrayList<>();
        try (Gemma3n gemma = load("faulty:run=" + run);
                Gemma3n reference = load("cpu")) {
            assertEquals(greedy(reference, told), greedy(gemma, told));
            assertEquals(1, told.size());
            assertTrue(told.getFirst().fallback());
            assertEquals("the faulty device was lost", told.getFirst().deviceReason());
            assertTrue(gemma.info().device().startsWith("CPU"), gemma.info().device());
            assertEquals(greedy(reference, told), greedy(gemma, told));
            assertEquals(1, told.size());
        }
    }

    @Test
    void aDeviceWithoutRoomForTheCacheIsLeft() {
        try (Gemma3n gemma = load("faulty:matrix=5")) {
            assertFalse(gemma.info().fallback());
            greedy(gemma, new ArrayList<>());
            assertEquals("the faulty device is full", gemma.info().deviceReason());
        }
    }

    @Test
    void otherConversationsFinishWhereTheyAre() {
        try (Gemma3n gemma = load("faulty:run=1");
                PlacedSession first = new PlacedSession(gemma, CONTEXT);
                PlacedSession second = new PlacedSession(gemma, CONTEXT)) {
            first.tokens().add(PROMPT);
            Objects.requireNonNull(first.advance(() -> false, (done, total) -> {}));
            assertEquals(1, FaultyBackend.OPEN.get()); // the second may still use it
            second.tokens().add(PROMPT);
            Objects.requireNonNull(second.advance(() -> false, (done, total) -> {}));
            assertEquals(0, FaultyBackend.OPEN.get());
        }
    }

    @Test
    void aDeviceAskedForByNameMustLoadTheModel() {
        assertThrows(InsufficientMemoryException.class, () -> load("faulty:weight=3"));
        MatryoshkaException e = assertThrows(InsufficientMemoryException.class, () -> load("faulty:free=60000000"));
        assertTrue(
                e.problem().matches("the model needs 0\\.\\d+ GB on faulty:free=60000000 .*where 0.06 GB are free"),
                e.problem());
        assertTrue(e.remedy().contains("--context"), e.remedy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"faulty:weight=100", "faulty:free=1000", "faulty:read=1"})
    void theAutomaticChoiceGoesOnToTheCpu(String device) {
        BackendProvider gpu = new ListedGpu(device);
        MeasurementStore store = new MeasurementStore(null, "test");
        if (!device.contains("read")) {
            store.put(gpu.list().getFirst(), new DeviceCheck.Result(9e9, null));
            store.put(CPU.list().getFirst(), new DeviceCheck.Result(8e9, null));
        }
        DeviceSelector selector = new DeviceSelector(List.of(gpu, CPU), store, () -> true);
        try (Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), options(Devices.AUTO), () -> selector)) {
            assertTrue(gemma.info().device().startsWith("CPU"), gemma.info().device());
            assertTrue(gemma.info().fallback());
            assertTrue(
                    gemma.info().deviceReason().matches(".*(is full|bytes? are free|GB are free|differs by).*"),
                    gemma.info().deviceReason());
        }
    }

    @Test
    void thePlanIsWhatIsTaken() {
        try (Gemma3n gemma = load("cpu");
                WeightSource weights = Weights.open(Golden.path("tiny-text"));
                PlacedSession session = new PlacedSession(gemma, CONTEXT)) {
            MemoryPlan plan = MemoryPlan.of(
                    gemma.config(),
                    weights,
                    CONTEXT,
                    gemma.backend(),
                    MatFormerSlice.whole(gemma.config().text()));
            Map<String, Long> taken = gemma.backend().memory();
            assertEquals(taken.get("weights"), plan.weights());
            assertEquals(taken.get("kv"), plan.kv());
            assertEquals(taken.get("activations"), plan.activations());
            assertEquals(CONTEXT, session.contextLimit());
        }
    }

    /** A GPU that a driver lists. */
    private record ListedGpu(String id) implements BackendProvider {
        @Override
        public String kind() {
            return "faulty";
        }

        @Override
        public List<DeviceInfo> list() {
            return List.of(new DeviceInfo(
                    id,
                    "Test GPU",
                    DeviceInfo.Kind.DISCRETE,
                    "1",
                    "Test",
                    "key",
                    1,
                    1,
                    Map.of(),
                    List.of(),
                    true,
                    null));
        }

        @Override
        public Backend open(String device) {
            return new FaultyBackendProvider().open(device);
        }
    }

    private static LoadOptions options(String device) {
        return new LoadOptions("tiny", device, MatFormerSlice::whole, CONTEXT);
    }

    private static Gemma3n load(String device) {
        return Gemma3n.load(Golden.path("tiny-text"), options(device));
    }

    /** Ids that the model continues with. */
    private static List<Integer> greedy(Gemma3n gemma, List<ModelInfo> told) {
        List<Integer> ids = new ArrayList<>();
        try (PlacedSession session = new PlacedSession(gemma, CONTEXT)) {
            session.report(new TokenListener() {
                @Override
                public void onText(String piece) {}

                @Override
                public void onFallback(ModelInfo now) {
                    told.add(now);
                }
            });
            session.tokens().add(PROMPT);
            for (int i = 0; i < STEPS; i++) {
                Logits logits = Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
                int best = session.choose(logits, FallbackTest::largest);
                ids.add(best);
                session.tokens().add(best);
            }
        }
        return ids;
    }

    private static int largest(Logits logits) {
        float[] all = logits.all();
        return IntStream.range(0, all.length)
                .reduce((a, b) -> all[b] > all[a] ? b : a)
                .orElseThrow();
    }
}

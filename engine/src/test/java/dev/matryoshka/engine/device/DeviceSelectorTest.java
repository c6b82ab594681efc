package dev.matryoshka.engine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.backend.DeviceInfo.Kind;
import dev.matryoshka.engine.cpu.CpuBackendProvider;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.selftest.DeviceCheck;
import dev.matryoshka.engine.support.FaultyBackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which device is chosen, from measurements that are there already. */
class DeviceSelectorTest {
    private static final BackendProvider CPU = new CpuBackendProvider();

    private final MeasurementStore store = new MeasurementStore(null, "1");

    /** kind, its GB/s, the CPU's, what is chosen. */
    @ParameterizedTest
    @CsvSource({
        "DISCRETE, 400, 20, gpu:0",
        "INTEGRATED, 21, 20, gpu:0",
        "INTEGRATED, 19, 20, cpu",
        "CPU, 24, 20, cpu",
        "CPU, 26, 20, gpu:0",
    })
    void theFastestIsChosen(Kind kind, double speed, double cpu, String chosen) {
        DeviceInfo gpu = device("gpu:0", kind, null);
        put(gpu, speed, null);
        put(CPU.list().getFirst(), cpu, null);
        Survey survey = selector(() -> List.of(gpu)).forStart();
        assertEquals(chosen, survey.devices().getFirst().device().id());
        assertTrue(survey.devices().getFirst().why().startsWith("the fastest: "), survey.toString());
        assertEquals("cpu", survey.eligible().getLast().device().id());
    }

    @Test
    void ofSeveralTheSlowerOnesAreTriedNext() {
        List<DeviceInfo> gpus = List.of(
                device("gpu:0", Kind.INTEGRATED, null),
                device("gpu:1", Kind.DISCRETE, null),
                device("gpu:2", Kind.DISCRETE, "has only Vulkan 1.0"));
        put(gpus.get(0), 50, null);
        put(gpus.get(1), 900, null);
        put(CPU.list().getFirst(), 20, null);
        Survey survey = selector(() -> gpus).forStart();
        assertEquals(
                List.of("gpu:1", "gpu:0", "cpu"),
                survey.eligible().stream().map(each -> each.device().id()).toList());
        assertEquals("it has only Vulkan 1.0", survey.devices().getLast().why());
    }

    @Test
    void aProcessorThatHandsWorkBackIsForThoseWhoNameIt() {
        DeviceInfo partial = device("gpu:0", Kind.CPU, false, null);
        put(partial, 100, null);
        put(CPU.list().getFirst(), 20, null);
        Survey survey = selector(() -> List.of(partial)).forStart();
        assertEquals("cpu", survey.devices().getFirst().device().id());
        assertTrue(survey.devices().getLast().why().contains("ask for it by name"), survey.toString());
    }

    @Test
    void whereNoGpuIsPossibleNobodyIsAsked() {
        DeviceSelector selector =
                new DeviceSelector(List.of(provider(() -> fail("asked a driver")), CPU), store, () -> false);
        Survey survey = selector.forStart();
        assertEquals("there is no GPU here", survey.eligible().getFirst().why());
    }

    @Test
    void aProcessorThatWonBeforeIsRemembered() {
        DeviceInfo pretender = device("gpu:0", Kind.CPU, null);
        put(pretender, 30, null);
        put(CPU.list().getFirst(), 20, null);
        DeviceSelector selector =
                new DeviceSelector(List.of(provider(() -> List.of(pretender)), CPU), store, () -> false);
        assertEquals("gpu:0", selector.forStart().devices().getFirst().device().id());
    }

    @Test
    void aStartMeasuresNoProcessorUnderTheNameOfAGpu() {
        Survey survey = selector(() -> List.of(device("gpu:0", Kind.CPU, null))).forStart();
        assertEquals("cpu", survey.devices().getFirst().device().id());
        assertNull(survey.devices().getFirst().measured());
        assertEquals(List.of(), survey.failures());
    }

    @Test
    void noDriverIsNoFailure() {
        Survey survey = selector(() -> {
                    throw new DeviceException("no driver works here", "install one");
                })
                .forStart();
        assertEquals(Map.of("gpu", "no driver works here: install one"), survey.missing());
        assertEquals("no other device works here", survey.devices().getFirst().why());
    }

    @Test
    void aGpuThatComputesWronglyIsNotUsed() {
        BackendProvider wrong = new BackendProvider() {
            @Override
            public String kind() {
                return "faulty";
            }

            @Override
            public List<DeviceInfo> list() {
                return List.of(device("faulty:read=1", Kind.DISCRETE, null));
            }

            @Override
            public Backend open(String name) {
                return new FaultyBackendProvider().open(name);
            }
        };
        Survey survey = new DeviceSelector(List.of(wrong, CPU), store, () -> true).forStart();
        assertEquals("cpu", survey.devices().getFirst().device().id());
        assertTrue(survey.failures().getFirst().contains("fails the check: matmul BF16"), survey.toString());
    }

    @Test
    void everythingIsMeasured() {
        Survey survey = new DeviceSelector(List.of(CPU), store, () -> false).everything();
        DeviceCheck.Result measured = survey.devices().getFirst().measured();
        assertNotNull(measured);
        assertNull(measured.fault());
        assertTrue(measured.bytesPerSecond() > 100e6, measured.toString());
        assertEquals(measured, store.find(CPU.list().getFirst()));
    }

    @Test
    void measurementsOutliveTheProcessButNotTheProgramsVersion(@TempDir Path folder) {
        DeviceInfo gpu = device("gpu:0", Kind.DISCRETE, null);
        MeasurementStore first = new MeasurementStore(folder, "1");
        first.put(gpu, new DeviceCheck.Result(5e9, null));
        assertEquals(new DeviceCheck.Result(5e9, null), new MeasurementStore(folder, "1").find(gpu));
        assertTrue(new MeasurementStore(folder, "1").hasFasterThan(4e9));
        assertNull(new MeasurementStore(folder, "2").find(gpu));
        assertFalse(new MeasurementStore(folder, "2").hasFasterThan(4e9));
    }

    @Test
    void aDamagedFileCountsAsEmpty(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("devices.json"), "{\"1 gpu:0 key\": {\"bytes_per_s\": \"fast\"");
        assertNull(new MeasurementStore(folder, "1").find(device("gpu:0", Kind.DISCRETE, null)));
    }

    private void put(DeviceInfo device, double gigabytes, @Nullable String fault) {
        store.put(device, new DeviceCheck.Result(gigabytes * 1e9, fault));
    }

    private DeviceSelector selector(Supplier<List<DeviceInfo>> devices) {
        return new DeviceSelector(List.of(provider(devices), CPU), store, () -> true);
    }

    private static BackendProvider provider(Supplier<List<DeviceInfo>> devices) {
        return new BackendProvider() {
            @Override
            public String kind() {
                return "gpu";
            }

            @Override
            public List<DeviceInfo> list() {
                return devices.get();
            }

            @Override
            public Backend open(String device) {
                return fail("opened " + device);
            }
        };
    }

    private static DeviceInfo device(String id, Kind kind, @Nullable String shortcoming) {
        return device(id, kind, true, shortcoming);
    }

    private static DeviceInfo device(String id, Kind kind, boolean complete, @Nullable String shortcoming) {
        return new DeviceInfo(id, "Test", kind, "1", "Test", "key", 1, 1, Map.of(), List.of(), complete, shortcoming);
    }
}

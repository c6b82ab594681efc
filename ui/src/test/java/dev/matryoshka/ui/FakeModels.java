package dev.matryoshka.ui;

import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.device.DeviceReport;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.error.DownloadException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.ui.models.ModelEntry;
import dev.matryoshka.ui.models.ModelEntry.Origin;
import dev.matryoshka.ui.models.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Models and devices that a test made up; remembers what it was told. */
final class FakeModels implements Models {
    static final long TOTAL = 10_000_000_000L;

    final List<ModelEntry> fetched = new CopyOnWriteArrayList<>(List.of(
            entry("test/gemma-3n", Origin.FETCHED, null),
            entry("google/gemma-3n-E4B-it", Origin.FETCHED, null),
            entry("half/way", Origin.BEGUN, "not all of it is here yet: Go on fetches the rest"),
            entry("broken/model", Origin.FETCHED, "model.safetensors is cut off: fetch it again")));
    final List<String> tokens = new CopyOnWriteArrayList<>();
    final List<String> lookedOn = new CopyOnWriteArrayList<>();
    volatile @Nullable MatryoshkaException refusal;
    volatile long here;
    volatile boolean measured;

    private static ModelEntry entry(String id, Origin origin, @Nullable String problem) {
        return new ModelEntry(id, id, origin, Path.of("/cache/hub"), 10_880_000_000L, "gemma", problem);
    }

    @Override
    public List<ModelEntry> list(List<String> added) {
        List<ModelEntry> all = new ArrayList<>(fetched);
        added.forEach(place -> all.addAll(look(Path.of(place))));
        return all;
    }

    @Override
    public List<ModelEntry> look(Path place) {
        String name = place.getFileName().toString();
        if (!name.endsWith(".gguf")) {
            throw new ModelNotFoundException(place + " holds no Gemma 3n model", "choose a GGUF file");
        }
        return List.of(new ModelEntry(place.toString(), name, Origin.ADDED, place, 4_540_000_000L, "", null));
    }

    @Override
    public ModelDetails details(ModelEntry entry, String device) {
        lookedOn.add(device);
        return new ModelDetails(
                35,
                true,
                true,
                7_850_000_000L,
                3_980_000_000L,
                Map.of(DType.BF16, 7_850_000_000L),
                32_768,
                "CPU, 2 threads",
                Map.of("weights", 7_960_000_000L),
                900_000_000,
                4_700_000_000L,
                entry.id().contains("E4B") ? "the model needs 9.10 GB on the CPU: choose a smaller one" : null);
    }

    @Override
    public void fetch(String id, String token, Progress progress, BooleanSupplier stop) {
        tokens.add(token);
        MatryoshkaException no = refusal;
        if (no != null) {
            throw no;
        }
        while (here < TOTAL) {
            if (stop.getAsBoolean()) {
                throw new CancellationException();
            }
            here = here < TOTAL / 2 || id.equals("whole/model") ? here + TOTAL / 10 : here; // stays half way
            progress.onBytes(here, TOTAL);
            LockSupport.parkNanos(5_000_000);
        }
        fetched.add(entry(id, Origin.FETCHED, null));
    }

    @Override
    public void remove(ModelEntry entry) {
        if (!fetched.remove(entry)) {
            throw new DownloadException(entry.id() + " is not there", "nothing is left to do");
        }
    }

    @Override
    public Survey devices(boolean anew) {
        measured |= anew;
        return new Survey(
                List.of(
                        new DeviceReport(device("vulkan:0", "Radeon 780M"), null, true, "the fastest: 80.1 GB/s"),
                        new DeviceReport(
                                device("cpu", "CPU, 2 threads"), null, true, anew ? "12.5 GB/s" : "not measured")),
                Map.of("opencl", "there is no driver"));
    }

    private static DeviceInfo device(String id, String name) {
        return new DeviceInfo(
                id,
                name,
                id.equals("cpu") ? DeviceInfo.Kind.CPU : DeviceInfo.Kind.INTEGRATED,
                "driver 1.0",
                "Vulkan 1.3",
                id,
                16_000_000_000L,
                12_000_000_000L,
                Map.of(),
                List.of(),
                true,
                null);
    }
}

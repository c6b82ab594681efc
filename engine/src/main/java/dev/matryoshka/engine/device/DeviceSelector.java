package dev.matryoshka.engine.device;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.selftest.DeviceCheck;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the device that reads a matrix fastest, as measured; a GPU's reported memory says nothing of that. Processors under
 * the name of a GPU (llvmpipe, SwiftShader, pocl) must beat the CPU backend clearly, since its dispatches cost less than
 * theirs, and only {@link #everything} measures them: where there is no GPU, a start goes straight to the CPU.
 */
public final class DeviceSelector {
    private static final String CPU = "cpu";
    private static final double CLEARLY = 1.25;

    private final List<BackendProvider> providers;
    private final MeasurementStore store;
    private final BooleanSupplier gpuPossible;

    /**
     * @param providers one of them has the kind {@code cpu}
     * @param gpuPossible false where there is no GPU for sure, told without asking a driver
     */
    public DeviceSelector(List<BackendProvider> providers, MeasurementStore store, BooleanSupplier gpuPossible) {
        this.providers = List.copyOf(providers);
        this.store = store;
        this.gpuPossible = gpuPossible;
    }

    /** What a start needs to know: measures GPUs that were never measured, nothing else. */
    public Survey forStart() {
        DeviceInfo cpu = provider(CPU).list().getFirst();
        DeviceCheck.Result known = store.find(cpu);
        boolean fasterKnown = known != null && store.hasFasterThan(known.bytesPerSecond() * CLEARLY);
        if (!gpuPossible.getAsBoolean() && !fasterKnown) {
            return new Survey(List.of(new DeviceReport(cpu, known, true, "there is no GPU here")), Map.of());
        }
        return survey(cpu, false);
    }

    /** Measures every device anew. */
    public Survey everything() {
        return survey(provider(CPU).list().getFirst(), true);
    }

    private Survey survey(DeviceInfo cpu, boolean anew) {
        Map<String, String> missing = new LinkedHashMap<>();
        Map<DeviceInfo, DeviceCheck.@Nullable Result> measured = new LinkedHashMap<>();
        for (BackendProvider provider : providers) {
            for (DeviceInfo device : provider.kind().equals(CPU) ? List.<DeviceInfo>of() : list(provider, missing)) {
                measured.put(device, result(device, anew, device.kind() != DeviceInfo.Kind.CPU));
            }
        }
        boolean rivals = measured.values().stream().anyMatch(r -> r != null && r.fault() == null);
        DeviceCheck.Result own = result(cpu, anew, rivals);
        List<DeviceReport> reports = new ArrayList<>();
        measured.forEach((device, result) -> reports.add(report(device, result, own)));
        reports.sort(Comparator.comparingDouble(DeviceSelector::slowness));
        int eligible = (int) reports.stream().filter(DeviceReport::eligible).count();
        reports.add(
                eligible, new DeviceReport(cpu, own, true, own == null ? "no other device works here" : speed(own)));
        DeviceReport best = reports.getFirst();
        if (best.measured() != null) {
            reports.set(0, new DeviceReport(best.device(), best.measured(), true, "the fastest: " + best.why()));
        }
        return new Survey(List.copyOf(reports), missing);
    }

    private static double slowness(DeviceReport report) {
        DeviceCheck.Result measured = report.eligible() ? report.measured() : null;
        return measured == null ? 0 : -measured.bytesPerSecond();
    }

    private static List<DeviceInfo> list(BackendProvider provider, Map<String, String> missing) {
        try {
            List<DeviceInfo> devices = provider.list();
            if (devices.isEmpty()) {
                missing.put(provider.kind(), "its drivers know no device");
            }
            return devices;
        } catch (MatryoshkaException e) {
            missing.put(provider.kind(), e.getMessage());
            return List.of();
        }
    }

    private DeviceCheck.@Nullable Result result(DeviceInfo device, boolean anew, boolean wanted) {
        if (device.shortcoming() != null) {
            return null;
        }
        DeviceCheck.Result known = anew ? null : store.find(device);
        return known == null && (anew || wanted) ? measure(device) : known;
    }

    /** A device that can't be opened or fails has a fault as well, but not for good: it is not kept. */
    private DeviceCheck.Result measure(DeviceInfo device) {
        try (Backend opened = open(device.id());
                Backend cpu = open(CPU)) {
            DeviceCheck.Result result = DeviceCheck.run(opened, cpu);
            if (!byNameAlone(device)) {
                store.put(device, result); // else starts would ask drivers because of it
            }
            return result;
        } catch (MatryoshkaException e) {
            return new DeviceCheck.Result(0, e.problem());
        }
    }

    private Backend open(String id) {
        int colon = id.indexOf(':');
        return colon < 0
                ? provider(id).open("")
                : provider(id.substring(0, colon)).open(id.substring(colon + 1));
    }

    private BackendProvider provider(String kind) {
        return providers.stream().filter(p -> p.kind().equals(kind)).findFirst().orElseThrow();
    }

    private static DeviceReport report(
            DeviceInfo device, DeviceCheck.@Nullable Result result, DeviceCheck.@Nullable Result cpu) {
        boolean pretends = device.kind() == DeviceInfo.Kind.CPU;
        if (device.shortcoming() != null) {
            return new DeviceReport(device, null, false, "it " + device.shortcoming());
        }
        if (result == null) {
            return new DeviceReport(device, null, false, "a processor under the name of a GPU, not measured");
        }
        if (result.fault() != null) {
            return new DeviceReport(device, result, false, "it fails the check: " + result.fault());
        }
        if (byNameAlone(device)) {
            return new DeviceReport(
                    device,
                    result,
                    false,
                    speed(result) + ", but it leaves pictures and sounds to the CPU; ask for it by name");
        }
        double rival = cpu == null ? 0 : cpu.bytesPerSecond();
        boolean faster = result.bytesPerSecond() >= rival * (pretends ? CLEARLY : 1);
        String than = cpu == null ? "" : String.format(Locale.ROOT, ", the CPU itself %.1f", rival / 1e9);
        return new DeviceReport(device, result, faster, speed(result) + than);
    }

    /** A processor that hands operations back to the CPU backend gains nothing by a fast product. */
    private static boolean byNameAlone(DeviceInfo device) {
        return device.kind() == DeviceInfo.Kind.CPU && !device.complete();
    }

    private static String speed(DeviceCheck.Result result) {
        return String.format(Locale.ROOT, "%.1f GB/s", result.bytesPerSecond() / 1e9);
    }
}

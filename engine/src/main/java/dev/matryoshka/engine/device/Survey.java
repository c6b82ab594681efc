package dev.matryoshka.engine.device;

import java.util.List;
import java.util.Map;

/**
 * What devices there are.
 *
 * @param devices best first: the automatic choice is the first; the CPU is always among them
 * @param missing kinds of which there is nothing, with the reason
 */
public record Survey(List<DeviceReport> devices, Map<String, String> missing) {
    /** Those that the automatic choice may fall on, in the order to try them; the CPU is the last. */
    public List<DeviceReport> eligible() {
        return devices.stream().filter(DeviceReport::eligible).toList();
    }

    /** What is wrong with GPUs that should work and don't. */
    public List<String> failures() {
        return devices.stream()
                .filter(DeviceReport::broken)
                .map(each -> each.device().name() + ": " + each.why())
                .toList();
    }
}

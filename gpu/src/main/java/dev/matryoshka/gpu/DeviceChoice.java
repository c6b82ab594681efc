package dev.matryoshka.gpu;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a device's name means among those that a driver lists.
 *
 * @param kind the part before the colon
 * @param usable whether it can run the kernels
 * @param processor whether it is one under the name of a GPU
 */
record DeviceChoice<D>(String kind, Predicate<D> usable, Predicate<D> processor) {
    /**
     * The device that was asked for.
     *
     * @param devices in the order of their numbers
     * @param wanted a number, or nothing for the first usable one, processors last
     * @return a device that may yet be unusable, where no other is there
     * @throws DeviceException there are none
     * @throws InvalidRequestException there is none of that number
     */
    D of(List<D> devices, String wanted) {
        if (devices.isEmpty()) {
            throw new DeviceException(
                    "no driver for " + kind + " has a device here",
                    "install your GPU's driver, or use the CPU (--device cpu)");
        }
        if (!wanted.isEmpty()) {
            return devices.get(index(wanted, devices.size()));
        }
        return devices.stream()
                .filter(usable)
                .min(Comparator.comparing(processor::test))
                .orElse(devices.getFirst());
    }

    private int index(String wanted, int count) {
        try {
            int index = Integer.parseInt(wanted);
            if (index >= 0 && index < count) {
                return index;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InvalidRequestException(
                "there is no device '%s:%s'".formatted(kind, wanted),
                count == 1
                        ? "there is one, %s:0".formatted(kind)
                        : "there are %d, %s:0 to %s:%d".formatted(count, kind, kind, count - 1));
    }
}

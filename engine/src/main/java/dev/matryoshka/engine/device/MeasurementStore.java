package dev.matryoshka.engine.device;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.selftest.DeviceCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Checks of devices on disk, so that only the first start measures. An entry belongs to a device, its driver's version and the
 * program's version. A file that can't be read counts as empty, one that can't be written is left.
 */
public final class MeasurementStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable Path file;
    private final String program;
    private final ObjectNode entries;

    /**
     * @param folder where the file lies; null keeps everything in memory
     * @param program the program's version
     */
    public MeasurementStore(@Nullable Path folder, String program) {
        this.file = folder == null ? null : folder.resolve("devices.json");
        this.program = program;
        entries = read(file);
    }

    private static ObjectNode read(@Nullable Path file) {
        try {
            if (file != null && Files.exists(file) && JSON.readTree(file.toFile()) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            // as before the first start
        }
        return JSON.createObjectNode();
    }

    /** What was measured of a device, or null. */
    DeviceCheck.@Nullable Result find(DeviceInfo device) {
        return result(entries.get(key(device)));
    }

    private static DeviceCheck.@Nullable Result result(@Nullable JsonNode entry) {
        if (entry == null || !entry.path("bytes_per_s").isNumber()) {
            return null;
        }
        String fault = entry.path("fault").textValue();
        return new DeviceCheck.Result(entry.path("bytes_per_s").doubleValue(), fault);
    }

    /** Whether anything that this program measured was faster than this. */
    boolean hasFasterThan(double bytesPerSecond) {
        return entries.properties().stream()
                .filter(entry -> entry.getKey().startsWith(program + " "))
                .map(entry -> result(entry.getValue()))
                .anyMatch(result -> result != null && result.bytesPerSecond() > bytesPerSecond);
    }

    /** Keeps what was measured. */
    public void put(DeviceInfo device, DeviceCheck.Result result) {
        entries.putObject(key(device))
                .put("bytes_per_s", result.bytesPerSecond())
                .put("fault", result.fault());
        if (file != null) {
            write(file);
        }
    }

    private String key(DeviceInfo device) {
        return program + " " + device.id() + " " + device.key();
    }

    private void write(Path to) {
        try {
            Files.createDirectories(to.getParent());
            Path fresh = Files.createTempFile(to.getParent(), "devices", ".part");
            Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entries));
            Files.move(fresh, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            // the next start measures again
        }
    }
}

package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What Linux says of a machine: its power supplies ({@code /sys/class/power_supply}), and how much of the processors other processes
 * use ({@code /proc/stat} less {@code /proc/self/stat}). Load averages and pressure count this process, too, so they are not asked.
 */
public final class MachineSensors {
    private static final int IDLE = 3; // fields of the line cpu in /proc/stat
    private static final int IO_WAIT = 4;
    private static final int TIMES = 8;
    private static final int USER_TIME = 11; // fields after the name in /proc/self/stat
    private static final int SYSTEM_TIME = 12;

    private final Path supplies;
    private final Path all;
    private final Path self;
    private Ticks before;

    /**
     * One look.
     *
     * @param othersShare of all processors since the look before, 0 to 1
     */
    public record Look(boolean onBattery, double othersShare) {}

    /** Clock ticks since the machine started. */
    private record Ticks(long total, long busy, long own) {}

    /**
     * @param root {@code /}
     * @throws InvalidRequestException the system is none that says it
     */
    public MachineSensors(Path root) {
        supplies = root.resolve("sys/class/power_supply");
        all = root.resolve("proc/stat");
        self = root.resolve("proc/self/stat");
        before = ticks();
    }

    /** Looks now. */
    Look look() {
        Ticks now = ticks();
        long total = now.total() - before.total();
        long others = now.busy() - before.busy() - (now.own() - before.own());
        before = now;
        return new Look(onBattery(), total <= 0 ? 0 : Math.clamp((double) others / total, 0, 1));
    }

    private Ticks ticks() {
        try {
            String[] processors = Files.readAllLines(all).getFirst().strip().split(" +");
            long[] times = LongStream.range(1, Math.min(processors.length, TIMES + 1))
                    .map(i -> Long.parseLong(processors[(int) i]))
                    .toArray();
            long total = LongStream.of(times).sum();
            String own = Files.readString(self);
            String[] fields = own.substring(own.lastIndexOf(')') + 1).strip().split(" ");
            return new Ticks(
                    total,
                    total - times[IDLE] - times[IO_WAIT],
                    Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]));
        } catch (IOException | RuntimeException e) {
            throw new InvalidRequestException(
                    "this system doesn't say what others use of it (" + all + ")",
                    "name a speed (--elastic 10) or a memory (--elastic 1.5GB)",
                    e);
        }
    }

    /** A battery gives, and nothing else does. */
    private boolean onBattery() {
        try (Stream<Path> each = Files.list(supplies)) {
            List<Path> folders = each.toList();
            boolean mains = folders.stream().anyMatch(supply -> says(supply, "online", "1"));
            return !mains
                    && folders.stream()
                            .anyMatch(supply -> says(supply, "type", "Battery")
                                    && !says(supply, "scope", "Device")
                                    && says(supply, "status", "Discharging"));
        } catch (IOException e) { // a machine without such
            return false;
        }
    }

    private static boolean says(Path supply, String file, String what) {
        try {
            return Files.readString(supply.resolve(file)).strip().equals(what);
        } catch (IOException e) {
            return false;
        }
    }
}

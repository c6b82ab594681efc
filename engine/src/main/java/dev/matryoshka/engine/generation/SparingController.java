package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.config.MatFormerSlice;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The smallest of some slices while the machine is on battery or others use its processors, else the widest. It looks once a second;
 * what it sees has to last before the size changes, longer before it widens again.
 */
public final class SparingController implements SizeController {
    private static final long EACH_NANOS = 1_000_000_000;

    /** Share of all processors that others use, to narrow. */
    private static final double BUSY = 0.3;

    /** The same to widen again: less. */
    private static final double CALM = 0.15;

    /** Looks in a row that have to say the same. */
    private static final int NARROW_AFTER = 2;

    private static final int WIDEN_AFTER = 10;

    private final MatFormerSlice widest;
    private final MatFormerSlice smallest;
    private final MachineSensors sensors;
    private final LongSupplier nanos;
    private long looked;
    private int others; // looks in a row that say the other size
    private @Nullable String reason;

    /** @param nanos tells the time */
    SparingController(MatFormerSlice widest, MatFormerSlice smallest, MachineSensors sensors, LongSupplier nanos) {
        this.widest = widest;
        this.smallest = smallest;
        this.sensors = sensors;
        this.nanos = nanos;
        looked = nanos.getAsLong();
        reason = cause(sensors.look());
    }

    private @Nullable String cause(MachineSensors.Look look) {
        if (look.onBattery()) {
            return "on battery";
        }
        return look.othersShare() >= (reason == null ? BUSY : CALM)
                ? String.format(Locale.ROOT, "other programs use %.0f%% of the processors", 100 * look.othersShare())
                : null;
    }

    @Override
    public MatFormerSlice slice() {
        return reason == null ? widest : smallest;
    }

    @Override
    public @Nullable String reason() {
        return reason;
    }

    @Override
    public @Nullable MatFormerSlice afterToken(double seconds) {
        if (nanos.getAsLong() - looked < EACH_NANOS) {
            return null;
        }
        looked = nanos.getAsLong();
        String cause = cause(sensors.look());
        others = (cause == null) == (reason == null) ? 0 : others + 1;
        if (others < (cause == null ? WIDEN_AFTER : NARROW_AFTER)) {
            return null;
        }
        others = 0;
        reason = cause;
        return slice();
    }
}

package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import java.util.List;

/** AltUp's streams, equal matrices one after the other in one memory, as one view and a distance. */
final class Streams {
    private Streams() {}

    /** A view from the first to the last of several matrices in one memory. */
    static DeviceTensor spanning(List<DeviceTensor> parts) {
        DeviceTensor first = parts.getFirst();
        long rows = (apart(parts) * (parts.size() - 1L)) / first.rowStride() + first.rows();
        return new DeviceTensor(
                first.storage(),
                first.type(),
                first.offset(),
                Math.toIntExact(rows),
                first.columns(),
                first.rowStride());
    }

    /** Elements from one of several matrices in one memory to the next. */
    static int apart(List<DeviceTensor> parts) {
        DeviceTensor first = parts.getFirst();
        long apart = parts.size() == 1 ? 0 : parts.get(1).offset() - first.offset();
        for (int i = 1; i < parts.size(); i++) {
            DeviceTensor part = parts.get(i);
            if (!part.storage().equals(first.storage()) || part.offset() - first.offset() != i * apart || apart < 0) {
                throw new IllegalArgumentException("streams must lie one after the other in one allocation");
            }
        }
        return Math.toIntExact(apart);
    }
}

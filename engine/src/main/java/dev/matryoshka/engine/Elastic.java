package dev.matryoshka.engine;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What answers keep by changing their size. */
public sealed interface Elastic {
    /** Whether keys and values have to stay exact: then there is less to give up, and a goal is missed sooner. */
    boolean exact();

    /**
     * A speed.
     *
     * @param tokensPerSecond of decoding
     */
    record Speed(double tokensPerSecond, boolean exact) implements Elastic {
        public Speed {
            if (!(tokensPerSecond > 0 && tokensPerSecond <= 1e6)) {
                throw new InvalidRequestException(
                        "a target of " + tokensPerSecond + " tokens/s", "ask for more than 0");
            }
        }
    }

    /**
     * Memory: the largest size whose weights take no more, and nothing more of the model stays on the device.
     *
     * @param bytes of weights
     */
    record DeviceMemory(long bytes, boolean exact) implements Elastic {
        public DeviceMemory {
            if (bytes <= 0) {
                throw new InvalidRequestException("a memory of " + bytes + " bytes", "allow more than 0");
            }
        }
    }

    /** Consideration: the smallest size while the machine is on battery or other programs use its processors. */
    record Sparing(boolean exact) implements Elastic {
        /** Whether this system says what it goes by: Linux does. */
        public static boolean possible() {
            return Files.isReadable(Path.of("/proc/self/stat"));
        }
    }
}

package dev.matryoshka.app;

import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.OptionalLong;

/** What {@code --elastic} says: tokens a second, bytes of device memory, or {@code auto}. */
final class ElasticOption {
    private ElasticOption() {}

    static Elastic parse(String text, boolean exact) {
        OptionalLong bytes = ByteCount.parse(text);
        if (bytes.isPresent()) {
            return new Elastic.DeviceMemory(bytes.getAsLong(), exact);
        }
        if (text.equals("auto")) {
            return new Elastic.Sparing(exact);
        }
        try {
            return new Elastic.Speed(Double.parseDouble(text), exact);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    "--elastic is " + text, "give tokens a second (10), a device memory (1.5GB) or auto", e);
        }
    }
}

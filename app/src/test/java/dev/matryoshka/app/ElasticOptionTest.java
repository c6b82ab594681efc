package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write for a size of memory, and for what answers keep. */
class ElasticOptionTest {
    @ParameterizedTest
    @CsvSource({"1.5GB,1500000000", "800 mb,800000000", "2GiB,2147483648", "512B,512", "0.5 KiB,512"})
    void bytesHaveAUnit(String text, long bytes) {
        assertEquals(OptionalLong.of(bytes), ByteCount.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "E2B", "GB", "1,5GB", "-1GB", "1.5GBs"})
    void anythingElseIsNone(String text) {
        assertEquals(OptionalLong.empty(), ByteCount.parse(text));
    }

    @Test
    void aSpeedAMemoryOrAuto() {
        assertEquals(new Elastic.Speed(7.5, true), ElasticOption.parse("7.5", true));
        assertEquals(new Elastic.DeviceMemory(1_500_000_000, false), ElasticOption.parse("1.5GB", false));
        assertEquals(new Elastic.Sparing(false), ElasticOption.parse("auto", false));
        assertThrows(InvalidRequestException.class, () -> ElasticOption.parse("fast", false));
        assertThrows(InvalidRequestException.class, () -> ElasticOption.parse("-3", false));
        assertThrows(InvalidRequestException.class, () -> ElasticOption.parse("0GB", false));
    }
}

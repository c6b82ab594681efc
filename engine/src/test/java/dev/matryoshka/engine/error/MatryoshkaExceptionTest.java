package dev.matryoshka.engine.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MatryoshkaExceptionTest {
    @Test
    void whatAFileSaysStaysOneShortLineThatNoTerminalObeys() {
        String quoted = "holds \r\n towers\u001b[2J\u0007" + "x".repeat(100_000);
        String message = String.valueOf(new ModelFormatException(quoted, "fetch it again").getMessage());
        assertTrue(message.startsWith("holds towers?[2J?xxx"), message);
        assertTrue(message.endsWith("…: fetch it again"), message);
        assertEquals(1, message.lines().count());
        assertTrue(message.length() < 600, message);
    }
}

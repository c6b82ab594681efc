package dev.matryoshka.ui.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.ui.attachment.Attachment;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final ModelInfo MODEL =
            new ModelInfo("test", 10, 4, "BF16", 2048, 16, 20, "CPU", "asked for", false, "whole");

    @Test
    void wordsAndAttachmentsTakeTokens() {
        List<Attachment> sound = List.of(new Attachment.Sound("a.wav", new float[16_000]));
        Cost cost = Cost.of(MODEL, "x".repeat(40), sound, 100, List.of());
        assertEquals(10 + 20 + 10, cost.tokens());
        assertEquals("about 40 tokens  ·  1,908 left", cost.text());
    }

    @Test
    void theLastAnswerTellsWhenTheNextBegins() {
        Message.Answering before = new Message.Answering("whole");
        GenerationConfig greedy = GenerationConfig.greedy(8);
        before.finish(
                new Answer("yes", 100, 1, 2.5, 40, 0, StopReason.END_OF_TURN, greedy, List.of(), Answer.Drafts.NONE));
        Cost cost = Cost.of(MODEL, "x".repeat(120), List.of(), 100, List.of(before));
        assertEquals("about 40 tokens  ·  first token in 1.0 s  ·  1,908 left", cost.text());
    }

    @Test
    void theEndOfTheContextIsSaidPlainly() {
        assertFalse(Cost.of(MODEL, "", List.of(), 1500, List.of()).nearlyFull());
        Cost near = Cost.of(MODEL, "", List.of(), 1900, List.of());
        assertTrue(near.nearlyFull());
        assertEquals("the chat is nearly full: its oldest questions leave the model's view", near.text());
        assertEquals(
                "too long by about 13 tokens: send less",
                Cost.of(MODEL, "x".repeat(4 * 2050), List.of(), 100, List.of()).text());
    }
}

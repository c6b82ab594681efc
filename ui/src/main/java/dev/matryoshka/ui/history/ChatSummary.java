package dev.matryoshka.ui.history;

import java.time.Instant;

/**
 * A chat in the list.
 *
 * @param id its number in the history
 * @param title what the person calls it, or the first words of the first question
 * @param updated when the last question was asked
 * @param pinned whether it stays on top
 */
public record ChatSummary(long id, String title, Instant updated, boolean pinned) {}

package dev.matryoshka.engine;

/**
 * One turn of an earlier conversation.
 *
 * @param prompt what was asked
 * @param answer what was answered, in full or until it was stopped
 */
public record Exchange(Prompt prompt, String answer) {}

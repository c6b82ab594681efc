package dev.matryoshka.ui;

/**
 * What to say about the model honestly.
 *
 * @param isDemo whether it is the one that ships with the program
 * @param howToGetTheRealOne what a person does to get Gemma 3n
 */
public record DemoNote(boolean isDemo, String howToGetTheRealOne) {}

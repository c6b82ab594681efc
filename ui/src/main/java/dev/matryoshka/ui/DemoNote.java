package dev.matryoshka.ui;

/**
 * What the window says of the demo model.
 *
 * @param model its id; empty where there is none
 */
public record DemoNote(String model) {}

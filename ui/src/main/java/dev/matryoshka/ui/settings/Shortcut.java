package dev.matryoshka.ui.settings;

import javafx.scene.input.KeyCombination;

/**
 * A key of the window: the table of these is what installs them and what the overview shows.
 *
 * @param keys that press it
 * @param what it does, for people
 */
public record Shortcut(KeyCombination keys, String what, Runnable action) {}

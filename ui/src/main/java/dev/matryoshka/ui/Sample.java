package dev.matryoshka.ui;

import java.nio.file.Path;

/**
 * Something to try at one click.
 *
 * @param file a picture or a sound
 * @param question what to ask about it
 */
public record Sample(Path file, String question) {}

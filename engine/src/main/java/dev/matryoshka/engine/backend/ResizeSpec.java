package dev.matryoshka.engine.backend;

/** A picture's size before and after. */
public record ResizeSpec(int height, int width, int outHeight, int outWidth) {}

package dev.matryoshka.app;

import org.jspecify.annotations.Nullable;

/**
 * What one check of the machine found.
 *
 * @param name what was looked at, one word
 * @param needed whether the program can't run without it
 * @param found what is there, or what is missing
 * @param fix what to do about it; null where nothing is missing
 */
record Finding(
        String name, boolean needed, String found, @Nullable String fix) {
    static Finding ok(String name, boolean needed, String found) {
        return new Finding(name, needed, found, null);
    }

    static Finding missing(String name, boolean needed, String found, String fix) {
        return new Finding(name, needed, found, fix);
    }

    boolean ok() {
        return fix == null;
    }
}

package dev.matryoshka.engine;

/** The program's version. */
public final class Version {
    public static final String PROGRAM = "0.1.0";

    private Version() {}
}

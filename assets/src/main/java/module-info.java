/** The embedded model, its samples and the program's fonts. */
module dev.matryoshka.assets {
    requires transitive org.jspecify;

    exports dev.matryoshka.assets;
}

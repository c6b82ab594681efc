/** Pictures and sounds from files to what the engine takes. */
module dev.matryoshka.media {
    requires transitive dev.matryoshka.engine;
    requires java.desktop;

    exports dev.matryoshka.media;
    exports dev.matryoshka.media.image;
}

/** Pictures and sounds from files to what the engine takes. */
module dev.matryoshka.media {
    requires transitive dev.matryoshka.engine;
    requires static java.desktop; // without it no pictures
    requires static org.bytedeco.ffmpeg; // without it no sounds but WAV
    requires static org.bytedeco.javacpp;

    exports dev.matryoshka.media;
    exports dev.matryoshka.media.audio;
    exports dev.matryoshka.media.image;
}

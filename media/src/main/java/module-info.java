/** Pictures and sounds from files to what the engine takes. */
module dev.matryoshka.media {
    requires transitive dev.matryoshka.engine;
    requires java.desktop;
    requires org.bytedeco.ffmpeg;
    requires org.bytedeco.javacpp;

    exports dev.matryoshka.media;
    exports dev.matryoshka.media.audio;
    exports dev.matryoshka.media.image;
}

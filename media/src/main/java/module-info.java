/** Pictures, sounds and videos, from files and devices, to what the engine takes. */
module dev.matryoshka.media {
    requires transitive dev.matryoshka.engine;
    requires static java.desktop; // without it no pictures and no devices
    requires static TarsosDSP; // without it no microphone
    requires static webcam.capture; // without these no camera
    requires static io.github.eduramiba.webcamcapture;
    requires static org.bytedeco.ffmpeg; // without it no videos, no sounds but WAV
    requires static org.bytedeco.javacpp;

    exports dev.matryoshka.media;
    exports dev.matryoshka.media.audio;
    exports dev.matryoshka.media.camera;
    exports dev.matryoshka.media.image;
    exports dev.matryoshka.media.video;
}

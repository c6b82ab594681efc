/** Wiring, life cycle and the command line. */
module dev.matryoshka.app {
    requires dev.matryoshka.engine;
    requires dev.matryoshka.media;
    requires dev.matryoshka.ui;
    requires dev.matryoshka.assets;
    requires info.picocli;
    requires com.fasterxml.jackson.databind;
    requires javafx.graphics;

    exports dev.matryoshka.app;

    opens dev.matryoshka.app to
            info.picocli;
}

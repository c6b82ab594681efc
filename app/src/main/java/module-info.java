/** Wiring, life cycle and the command line, which runs without the window's modules. */
module dev.matryoshka.app {
    requires dev.matryoshka.engine;
    requires dev.matryoshka.media;
    requires dev.matryoshka.assets;
    requires info.picocli;
    requires com.fasterxml.jackson.databind;
    requires java.logging;
    requires java.net.http;
    requires jdk.incubator.vector;
    requires jdk.management;
    requires static dev.matryoshka.ui;
    requires static java.sql; // without these no history, which the window alone has
    requires static org.xerial.sqlitejdbc;
    requires static java.desktop; // without it no sound is recorded or played
    requires static javafx.graphics;

    exports dev.matryoshka.app;

    opens dev.matryoshka.app to
            info.picocli;
}

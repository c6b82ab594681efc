/** The window. */
module dev.matryoshka.ui {
    requires transitive dev.matryoshka.engine;
    requires transitive dev.matryoshka.media;
    requires transitive javafx.controls;
    requires atlantafx.base;
    requires org.commonmark;
    requires org.commonmark.ext.gfm.strikethrough;
    requires org.commonmark.ext.gfm.tables;
    requires org.commonmark.ext.task.list.items;
    requires org.kordamp.ikonli.javafx;
    requires org.kordamp.ikonli.feather;

    exports dev.matryoshka.ui;
    exports dev.matryoshka.ui.attachment;
    exports dev.matryoshka.ui.history;
    exports dev.matryoshka.ui.lab;
    exports dev.matryoshka.ui.models;
    exports dev.matryoshka.ui.settings;
}

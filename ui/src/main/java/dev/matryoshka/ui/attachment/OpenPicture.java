package dev.matryoshka.ui.attachment;

import javafx.event.Event;
import javafx.event.EventType;

/** Someone wants to see a picture large: sent by what shows it small, to whoever is around it. */
public final class OpenPicture extends Event {
    public static final EventType<OpenPicture> OPEN = new EventType<>(Event.ANY, "OPEN_PICTURE");
    private static final long serialVersionUID = 1;

    private final transient ShownPicture picture;

    OpenPicture(ShownPicture picture) {
        super(OPEN);
        this.picture = picture;
    }

    public ShownPicture picture() {
        return picture;
    }
}

package dev.matryoshka.ui.theme;

import javafx.scene.Group;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Circle;
import javafx.scene.shape.SVGPath;
import javafx.scene.transform.Scale;

/** The nested doll, drawn in a 44 x 54 box: the whole in red, the smallest inside in gold. */
public final class Doll extends StackPane {
    static final String OUTLINE = "M22 1c8 0 13 6 13 13 0 4-1 6-1 8 5 4 9 10 9 18 0 9-9 13-21 13S1 49 1 40c0-8 4-14"
            + " 9-18 0-2-1-4-1-8C9 7 14 1 22 1z";
    static final double HEIGHT = 54;

    public Doll(double height) {
        SVGPath whole = new SVGPath();
        whole.setContent(OUTLINE);
        whole.getStyleClass().add("doll-whole");
        SVGPath small = new SVGPath();
        small.setContent(OUTLINE);
        small.getStyleClass().add("doll-small");
        small.getTransforms().add(new Scale(0.5, 0.5, 22, 52));
        Group drawing = new Group(whole, small, face());
        drawing.getTransforms().add(new Scale(height / HEIGHT, height / HEIGHT));
        getChildren().add(new Group(drawing));
        setMouseTransparent(true);
    }

    /** The face, in the same box. */
    static Group face() {
        Circle face = new Circle(22, 15, 7.5);
        face.getStyleClass().add("doll-face");
        Circle left = new Circle(19.4, 14, 0.9);
        Circle right = new Circle(24.6, 14, 0.9);
        left.getStyleClass().add("doll-eye");
        right.getStyleClass().add("doll-eye");
        SVGPath smile = new SVGPath();
        smile.setContent("M19 17.5 q3 2.4 6 0");
        smile.getStyleClass().add("doll-smile");
        return new Group(face, left, right, smile);
    }
}

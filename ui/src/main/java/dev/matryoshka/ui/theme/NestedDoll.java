package dev.matryoshka.ui.theme;

import javafx.animation.KeyFrame;
import javafx.animation.KeyValue;
import javafx.animation.Timeline;
import javafx.application.Platform;
import javafx.scene.Group;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.SVGPath;
import javafx.scene.transform.Scale;
import javafx.util.Duration;

/**
 * The doll as a measure: a dashed outline for the largest size, the one in use in red, the smallest in gold. The smallest
 * is half as high as the largest, whatever the model.
 */
public final class NestedDoll extends StackPane {
    private static final double MIDDLE = 22;
    private static final double GROUND = 53;
    private static final double SMALLEST = 0.5;
    private static final Duration GROWTH = Duration.millis(150);

    private final Scale scale = new Scale(1, 1, MIDDLE, GROUND);
    private final Timeline growth = new Timeline();

    public NestedDoll(double height) {
        SVGPath largest = shape("doll-outline");
        Group inUse = new Group(shape("doll-whole"));
        inUse.getTransforms().add(scale);
        SVGPath smallest = shape("doll-small");
        smallest.getTransforms().add(new Scale(SMALLEST, SMALLEST, MIDDLE, GROUND));
        Group face = Doll.face();
        face.getTransforms().add(scale);
        Group drawing = new Group(largest, inUse, smallest, face);
        drawing.getTransforms().add(new Scale(height / Doll.HEIGHT, height / Doll.HEIGHT));
        getChildren().add(new Group(drawing));
        setMouseTransparent(true);
    }

    private static SVGPath shape(String style) {
        SVGPath shape = new SVGPath();
        shape.setContent(Doll.OUTLINE);
        shape.getStyleClass().add(style);
        return shape;
    }

    /**
     * Grows or shrinks.
     *
     * @param share between the smallest, 0, and the largest, 1
     */
    public void show(double share) {
        double size = SMALLEST + (1 - SMALLEST) * share;
        growth.stop();
        if (Platform.getPreferences().isReducedMotion()) {
            scale.setX(size);
            scale.setY(size);
        } else {
            growth.getKeyFrames()
                    .setAll(new KeyFrame(
                            GROWTH, new KeyValue(scale.xProperty(), size), new KeyValue(scale.yProperty(), size)));
            growth.play();
        }
    }
}

package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.video.Video;
import java.util.List;

/** A picture, sound or video that a person adds to a question. */
public sealed interface Attachment {
    /** What to call it: the file's name. */
    String name();

    /** Being read; two of one name are not the same. */
    final class Loading implements Attachment {
        private final String name;

        public Loading(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }

    /** Ready to send. */
    sealed interface Ready extends Attachment {
        /** What goes into the prompt, in its order. */
        List<PromptPart> parts();

        /** What it takes of a model's context, words apart. */
        default int tokens(ModelInfo model) {
            int tokens = 0;
            for (PromptPart part : parts()) {
                tokens += switch (part) {
                    case PromptPart.Image image -> model.imageTokens();
                    case PromptPart.Audio audio -> model.audioTokens();
                    case PromptPart.Text text -> 0;
                };
            }
            return tokens;
        }
    }

    /** A picture. */
    record Picture(String name, RgbImage image) implements Ready {
        @Override
        public List<PromptPart> parts() {
            return List.of(new PromptPart.Image(image));
        }
    }

    /**
     * A sound.
     *
     * @param samples mono, 16 kHz
     * @param parts the same in pieces that the model hears at once
     */
    record Sound(String name, float[] samples, List<PromptPart> parts) implements Ready {
        private static final double RATE = 16_000;

        /** One that is short enough for the model. */
        public Sound(String name, float[] samples) {
            this(name, samples, List.of(new PromptPart.Audio(samples)));
        }

        /** Length in seconds. */
        public double seconds() {
            return samples.length / RATE;
        }
    }

    /** A video. */
    record Film(String name, Video video, List<PromptPart> parts) implements Ready {}

    /** Could not be read. */
    record Failed(String name, MatryoshkaException error) implements Attachment {}
}

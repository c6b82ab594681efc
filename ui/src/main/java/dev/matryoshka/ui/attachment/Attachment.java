package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.preprocess.RgbImage;

/** A picture or sound that a person adds to a question. */
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
        /** What goes into the prompt. */
        PromptPart part();
    }

    /** A picture. */
    record Picture(String name, RgbImage image) implements Ready {
        @Override
        public PromptPart part() {
            return new PromptPart.Image(image);
        }
    }

    /**
     * A sound.
     *
     * @param samples mono, 16 kHz
     */
    record Sound(String name, float[] samples) implements Ready {
        private static final double RATE = 16_000;

        @Override
        public PromptPart part() {
            return new PromptPart.Audio(samples);
        }

        /** Length in seconds. */
        public double seconds() {
            return samples.length / RATE;
        }
    }

    /** Could not be read. */
    record Failed(String name, MatryoshkaException error) implements Attachment {}
}

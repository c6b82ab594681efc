package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.DeviceTensor;

/** A picture on its way: values [height * width, channels]. */
record FeatureMap(DeviceTensor values, int height, int width) {
    int channels() {
        return values.columns();
    }

    int pixels() {
        return height * width;
    }
}

package dev.matryoshka.engine.vision;

/** One block of the tower. */
interface VisionBlock {
    /** Records the block; takes {@code x} over and returns its own output. */
    FeatureMap record(VisionRecorder r, FeatureMap x);
}

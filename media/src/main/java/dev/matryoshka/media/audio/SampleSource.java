package dev.matryoshka.media.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A sound being decoded, block by block, already mixed down to one channel. */
interface SampleSource extends AutoCloseable {
    /** In Hz. */
    int sampleRate();

    /** Length that the file states or that its size suggests. */
    double statedSeconds();

    /** Whether a whole file is that long; otherwise it is an estimate. */
    boolean statesExactly();

    /** The next samples, the mean of the channels; null at the end. */
    float @Nullable [] next() throws IOException;

    @Override
    void close() throws IOException;
}

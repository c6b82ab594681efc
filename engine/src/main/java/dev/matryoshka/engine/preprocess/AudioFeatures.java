package dev.matryoshka.engine.preprocess;

/**
 * A sound as the sound tower takes it.
 *
 * @param frames number of frames
 * @param bands mel bands of a frame
 * @param values [frames, bands], natural logarithm of mel magnitudes
 * @param mask [frames], true where the frame starts on sound and false on padding
 */
@SuppressWarnings("ArrayRecordComponent") // buffers handed over, never compared
public record AudioFeatures(int frames, int bands, float[] values, boolean[] mask) {
    public AudioFeatures {
        if (values.length != frames * bands || mask.length != frames) {
            throw new IllegalArgumentException(frames + " x " + bands + " do not fit " + values.length + " values");
        }
    }
}

package dev.matryoshka.media.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sounds as WAV files of 32-bit floats, which lose nothing. */
public final class WavWriter {
    private static final int HEADER = 44;
    private static final short IEEE_FLOAT = 3;

    private WavWriter() {}

    /**
     * A whole file.
     *
     * @param samples mono, 16 kHz
     */
    public static byte[] bytes(float[] samples) {
        int size = Float.BYTES * samples.length;
        ByteBuffer file = ByteBuffer.allocate(HEADER + size).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(HEADER - 8 + size).put(ascii("WAVEfmt ")).putInt(16);
        file.putShort(IEEE_FLOAT).putShort((short) 1).putInt(AudioDecoder.SAMPLE_RATE);
        file.putInt(Float.BYTES * AudioDecoder.SAMPLE_RATE)
                .putShort((short) Float.BYTES)
                .putShort((short) Float.SIZE);
        file.put(ascii("data")).putInt(size);
        for (float sample : samples) {
            file.putFloat(sample);
        }
        return file.array();
    }

    /** The samples of a file that {@link #bytes} wrote. */
    public static float[] samples(byte[] file) {
        float[] samples = new float[(file.length - HEADER) / Float.BYTES];
        ByteBuffer.wrap(file, HEADER, file.length - HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(samples);
        return samples;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

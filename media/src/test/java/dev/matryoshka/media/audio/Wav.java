package dev.matryoshka.media.audio;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** WAV files made in the tests, with whatever header they ask for. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Wav(int tag, int channels, int rate, int bits, byte[] data, long statedBytes) {
    /** A tone of the same phase in every channel. */
    static Wav tone(double hertz, double seconds, int channels, int rate, int bits, boolean floating) {
        int frames = (int) Math.round(seconds * rate);
        ByteBuffer data = ByteBuffer.allocate(frames * channels * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frames; i++) {
            double value = 0.5 * Math.sin(2 * Math.PI * hertz * i / rate);
            for (int c = 0; c < channels; c++) {
                put(data, value, bits, floating);
            }
        }
        return new Wav(floating ? 3 : 1, channels, rate, bits, data.array(), data.capacity());
    }

    static Wav of16Bit(int channels, int rate, int... samples) {
        ByteBuffer data = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : samples) {
            data.putShort((short) sample);
        }
        return new Wav(1, channels, rate, 16, data.array(), data.capacity());
    }

    static Wav ofFloats(int rate, float... samples) {
        ByteBuffer data = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            data.putFloat(sample);
        }
        return new Wav(3, 1, rate, 32, data.array(), data.capacity());
    }

    Wav stating(long bytes) {
        return new Wav(tag, channels, rate, bits, data, bytes);
    }

    /** The plain form: a chunk that nobody knows of odd size, then the format, then the samples. */
    byte[] bytes() {
        ByteBuffer file = start(16);
        file.putShort((short) tag);
        putFormat(file);
        return end(file);
    }

    /** The extensible form, where the tag is the start of a GUID. */
    byte[] extensible() {
        ByteBuffer file = start(40);
        file.putShort((short) 0xFFFE);
        putFormat(file);
        file.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) tag);
        return end(file.put(HexFormat.of().parseHex("000000001000800000aa00389b71")));
    }

    private ByteBuffer start(int formatBytes) {
        int bytes = 12 + 12 + 8 + formatBytes + 16 + data.length;
        ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(US_ASCII)).putInt(bytes - 8).put("WAVE".getBytes(US_ASCII));
        file.put("note".getBytes(US_ASCII)).putInt(3).put(new byte[4]);
        return file.put("fmt ".getBytes(US_ASCII)).putInt(formatBytes);
    }

    private void putFormat(ByteBuffer file) {
        int frame = channels * bits / 8;
        file.putShort((short) channels).putInt(rate).putInt(rate * frame).putShort((short) frame);
        file.putShort((short) bits);
    }

    private byte[] end(ByteBuffer file) {
        file.put("data".getBytes(US_ASCII)).putInt((int) statedBytes).put(data);
        byte[] bytes = new byte[file.position()];
        file.flip().get(bytes);
        return bytes;
    }

    private static void put(ByteBuffer data, double value, int bits, boolean floating) {
        switch (bits) {
            case 8 -> data.put((byte) Math.round(128 + 127 * value));
            case 16 -> data.putShort((short) Math.round(0x7FFF * value));
            case 24 -> {
                int rounded = (int) Math.round(0x7FFFFF * value);
                data.putShort((short) rounded).put((byte) (rounded >> 16));
            }
            case 32 -> {
                if (floating) {
                    data.putFloat((float) value);
                } else {
                    data.putInt((int) Math.round(0x7FFFFFFF * value));
                }
            }
            default -> data.putDouble(value);
        }
    }
}

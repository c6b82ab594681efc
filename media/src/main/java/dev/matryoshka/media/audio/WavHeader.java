package dev.matryoshka.media.audio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.matryoshka.engine.error.MediaFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The {@code fmt } chunk of a RIFF WAVE file and where its samples lie.
 *
 * @param tag 1 integers, 3 floats, others compressed; what the extensible form (0xFFFE) stands for
 * @param channels at least 1
 * @param sampleRate in Hz
 * @param bits of one sample
 * @param dataStart offset in the file
 * @param frames samples of each channel
 */
record WavHeader(int tag, int channels, int sampleRate, int bits, long dataStart, long frames) {
    private static final int MAX_CHUNKS = 1000;
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xFFFE;
    /** Twice the highest rate of studio equipment. */
    private static final long MAX_RATE = 768_000;
    /** Sizes from here on are what programs write that don't know the length yet. */
    private static final long UNKNOWN_SIZE = 0x7FFF_0000L;

    /**
     * Reads a file's header.
     *
     * @throws MediaFormatException it is incomplete, contradicts itself or states no sound
     */
    static WavHeader read(Path file, String name) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer format = null;
            long at = 12;
            for (int chunks = 0; chunks < MAX_CHUNKS && at + 8 <= in.size(); chunks++) {
                ByteBuffer chunk = read(in, at, 8);
                String id = ISO_8859_1.decode(chunk.slice(0, 4)).toString();
                long size = Integer.toUnsignedLong(chunk.getInt(4));
                at += 8;
                if (id.equals("data")) {
                    if (format == null) {
                        throw damaged(name, "states no format before its samples");
                    }
                    return of(name, format, at, size, in.size());
                } else if (id.equals("fmt ")) {
                    format = read(in, at, (int) Math.min(size, 40));
                }
                at += size + size % 2;
            }
            throw damaged(name, "ends before its samples");
        }
    }

    /** Whether the samples are plain integers or floats. */
    boolean linear() {
        return tag == PCM || tag == FLOAT;
    }

    boolean floating() {
        return tag == FLOAT;
    }

    int bytesPerFrame() {
        return channels * bits / 8;
    }

    private static WavHeader of(String name, ByteBuffer format, long dataStart, long dataSize, long fileSize) {
        if (format.limit() < 16) {
            throw damaged(name, "is incomplete");
        }
        int tag = format.getShort(0) & 0xFFFF;
        int channels = format.getShort(2) & 0xFFFF;
        long rate = Integer.toUnsignedLong(format.getInt(4));
        int blockAlign = format.getShort(12) & 0xFFFF;
        int bits = format.getShort(14) & 0xFFFF;
        if (tag == EXTENSIBLE && format.limit() >= 26) {
            tag = format.getShort(24) & 0xFFFF;
        }
        if (channels == 0) {
            throw damaged(name, "states 0 channels");
        }
        if (rate == 0 || rate > MAX_RATE) {
            throw damaged(name, "states a sampling rate of " + rate + " Hz");
        }
        if (dataSize == 0) {
            throw new MediaFormatException(name + " holds no sound: its data size is 0", "record or save it again");
        }
        long present = fileSize - dataStart;
        WavHeader header = new WavHeader(tag, channels, (int) rate, bits, dataStart, 0);
        if (!header.linear()) {
            return header;
        }
        if (!header.supportedBits() || blockAlign != header.bytesPerFrame()) {
            throw damaged(name, "states " + bits + " bits in frames of " + blockAlign + " bytes");
        }
        if (dataSize > present && dataSize < UNKNOWN_SIZE) {
            throw damaged(name, "is incomplete: it states " + dataSize + " bytes of samples and holds " + present);
        }
        long frames = Math.min(dataSize, present) / blockAlign;
        if (frames == 0) {
            throw damaged(name, "ends before its first sample");
        }
        return new WavHeader(tag, channels, (int) rate, bits, dataStart, frames);
    }

    private boolean supportedBits() {
        return floating() ? bits == 32 || bits == 64 : bits == 8 || bits == 16 || bits == 24 || bits == 32;
    }

    private static ByteBuffer read(FileChannel in, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {
            // until it is full or the file ends
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static MediaFormatException damaged(String name, String what) {
        return new MediaFormatException(name + " " + what, "record or save it again");
    }
}

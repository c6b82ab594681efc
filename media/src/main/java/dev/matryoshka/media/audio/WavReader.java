package dev.matryoshka.media.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Samples of a WAV file: unsigned 8 bit, signed 16, 24 and 32 bit, 32 and 64 bit floats. */
final class WavReader implements SampleSource {
    private static final int BLOCK_BYTES = 1 << 16;

    private final FileChannel channel;
    private final WavHeader header;
    private final ByteBuffer block;
    private long framesLeft;

    WavReader(Path file, WavHeader header) throws IOException {
        this.header = header;
        framesLeft = header.frames();
        int frameBytes = header.bytesPerFrame();
        block = ByteBuffer.allocate(Math.max(1, BLOCK_BYTES / frameBytes) * frameBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        channel = FileChannel.open(file, StandardOpenOption.READ).position(header.dataStart());
    }

    @Override
    public int sampleRate() {
        return header.sampleRate();
    }

    @Override
    public double statedSeconds() {
        return (double) header.frames() / header.sampleRate();
    }

    @Override
    public boolean statesExactly() {
        return true;
    }

    @Override
    public float @Nullable [] next() throws IOException {
        int frameBytes = header.bytesPerFrame();
        block.clear().limit((int) Math.min(block.capacity(), framesLeft * frameBytes));
        while (block.hasRemaining() && channel.read(block) >= 0) {
            // until it is full or the file ends
        }
        int frames = block.position() / frameBytes;
        if (frames == 0) {
            return null;
        }
        framesLeft -= frames;
        float[] mono = new float[frames];
        int bytes = header.bits() / 8;
        int at = 0;
        for (int i = 0; i < frames; i++) {
            float sum = 0;
            for (int c = 0; c < header.channels(); c++) {
                sum += sample(at);
                at += bytes;
            }
            mono[i] = sum / header.channels();
        }
        return mono;
    }

    private float sample(int at) {
        return switch (header.bits()) {
            case 8 -> ((block.get(at) & 0xFF) - 128) / 128f;
            case 16 -> block.getShort(at) / 0x1p15f;
            case 24 -> ((block.get(at) & 0xFF) | block.getShort(at + 1) << 8) / 0x1p23f;
            case 32 -> header.floating() ? block.getFloat(at) : block.getInt(at) / 0x1p31f;
            default -> (float) block.getDouble(at);
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

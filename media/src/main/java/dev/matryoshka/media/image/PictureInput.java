package dev.matryoshka.media.image;

import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes as readers want them. The lossless WebP reader takes zeros for what lies beyond the end, an exception for
 * each, and can go on for minutes: whoever insists on reading there gets an error.
 */
final class PictureInput extends ImageInputStreamImpl {
    /** Far more than readers need that look ahead, or that fill in a missing end marker. */
    private static final int MAX_READS_BEYOND_END = 256;

    private final byte[] bytes;
    private int readsBeyondEnd;

    PictureInput(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        checkClosed();
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            return end();
        }
        return bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        checkClosed();
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            return length == 0 ? 0 : end();
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    private int end() throws IIOException {
        if (++readsBeyondEnd > MAX_READS_BEYOND_END) {
            throw new IIOException("the file ends early");
        }
        return -1;
    }
}

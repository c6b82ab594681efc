package dev.matryoshka.engine.weights.gguf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Checksums (CRC-32C) of the tensors that a file holds already, a line each, beside it. A writer that was killed goes on behind the last
 * tensor whose bytes are still what was written.
 */
final class TensorSums {
    private static final int BUFFER = 1 << 20;

    private final Path part;
    private final Path sums;

    /** @param part the file that is written */
    TensorSums(Path part) {
        this.part = part;
        sums = of(part);
    }

    /** Where the checksums of a file are. */
    static Path of(Path part) {
        return part.resolveSibling(part.getFileName() + ".sums");
    }

    /**
     * How many of the first tensors are there and whole; what is known of others is forgotten.
     *
     * @param header what the file must begin with
     * @param sizes bytes of each tensor with its padding
     */
    int intact(byte[] header, List<Long> sizes) throws IOException {
        List<String> known = Files.exists(sums) ? Files.readAllLines(sums) : List.of();
        int count = 0;
        if (Files.exists(part)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(part), BUFFER)) {
                int most =
                        Arrays.equals(in.readNBytes(header.length), header) ? Math.min(known.size(), sizes.size()) : 0;
                while (count < most && sum(in, sizes.get(count)).equals(known.get(count))) {
                    count++;
                }
            }
        }
        Files.write(sums, known.subList(0, count));
        return count;
    }

    private static String sum(InputStream in, long bytes) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                return "cut off";
            }
            sum.update(buffer, 0, read);
            left -= read;
        }
        return line(sum.getValue());
    }

    /** Remembers the next tensor, after its bytes were written. */
    void add(long sum) throws IOException {
        Files.write(sums, List.of(line(sum)), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String line(long sum) {
        return Long.toHexString(sum);
    }
}

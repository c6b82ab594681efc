package dev.matryoshka.app.hub;

import dev.matryoshka.engine.error.DownloadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One file into a cache's blobs. It goes on where an earlier attempt ended, and has its name only once its checksum is
 * right; a kill leaves a part that the next attempt, or Hugging Face's own tools, go on from.
 */
final class BlobDownload {
    private static final int BUFFER = 1 << 18;

    private final HubClient client;
    private final HubSettings settings;
    private final HubId id;
    private final String commit;
    private final HubListing.File file;
    private final Path blob;
    private final Path part;
    private final Path lock;
    private final LongConsumer received;
    private final BooleanSupplier stop;

    /**
     * @param received hears of bytes that came, and of ones that came for nothing as a negative number
     * @param stop asked between two buffers
     */
    BlobDownload(
            HubClient client,
            HubSettings settings,
            HubCache cache,
            HubId id,
            String commit,
            HubListing.File file,
            LongConsumer received,
            BooleanSupplier stop) {
        this.client = client;
        this.settings = settings;
        this.id = id;
        this.commit = commit;
        this.file = file;
        this.received = received;
        this.stop = stop;
        blob = cache.blobs(id).resolve(file.checksum());
        part = cache.blobs(id).resolve(file.checksum() + HubCache.INCOMPLETE);
        lock = cache.root().resolve(".locks").resolve(id.folder()).resolve(file.checksum() + ".lock");
    }

    /** Bytes that are here already. */
    long present() {
        return Files.exists(blob) ? file.size() : Math.min(file.size(), size());
    }

    /**
     * Fetches it, unless it is there.
     *
     * @return the blob
     * @throws DownloadException it can't be fetched, or is not what the hub says
     * @throws CancellationException stopped; what came is kept
     */
    Path fetch() throws IOException, InterruptedException {
        if (Files.exists(blob)) {
            return blob;
        }
        Files.createDirectories(blob.getParent());
        Files.createDirectories(lock.getParent());
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock(channel)) {
            if (!held.isValid() || Files.exists(blob)) {
                return blob;
            }
            complete();
            if (!right()) { // once more from the start
                drop();
                complete();
            }
            if (!right()) {
                drop();
                throw new DownloadException(
                        file.path() + " of " + id + " arrives damaged: its checksum is another one",
                        "try again later, or over another network");
            }
            Files.move(part, blob, StandardCopyOption.ATOMIC_MOVE);
            return blob;
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        FileLock taken;
        try {
            taken = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            taken = null;
        }
        if (taken == null) {
            throw new DownloadException(
                    file.path() + " of " + id + " is being fetched already", "wait until that is done");
        }
        return taken;
    }

    private boolean right() throws IOException {
        return Checksums.of(part, file.sha256()).equals(file.checksum());
    }

    private void drop() throws IOException {
        received.accept(-size());
        Files.deleteIfExists(part);
    }

    /** Until the part is as long as the file; attempts that bring nothing new are counted. */
    private void complete() throws IOException, InterruptedException {
        if (size() > file.size()) {
            Files.delete(part); // another's
        }
        long most = size();
        int fruitless = 0;
        while (size() < file.size() || !Files.exists(part)) {
            IOException failure = attempt();
            fruitless = size() > most ? 0 : fruitless + 1;
            most = Math.max(most, size());
            if (fruitless == settings.attempts()) {
                String why =
                        failure == null || failure.getMessage() == null ? "the connection ends" : failure.getMessage();
                throw new DownloadException(
                        file.path() + " of " + id + " can't be fetched (" + why + ")",
                        "check the network; the same command goes on from here",
                        failure);
            }
            if (failure != null || size() < file.size()) {
                pause(fruitless, failure);
            }
        }
    }

    private void pause(int fruitless, @Nullable IOException failure) throws InterruptedException {
        Duration asked = failure instanceof HubClient.BusyException busy ? busy.pause() : Duration.ZERO;
        Duration own = settings.pause().multipliedBy(1L << Math.max(0, fruitless - 1));
        Thread.sleep(asked.compareTo(own) > 0 ? asked : own);
    }

    /** Asks once for what is missing; what went wrong, null for nothing. */
    private @Nullable IOException attempt() throws IOException, InterruptedException {
        long from = size();
        HttpResponse<InputStream> response;
        try {
            response = client.open(id, commit, file.path(), from);
        } catch (IOException e) {
            return e;
        }
        try (InputStream body = response.body();
                Watchdog watchdog = new Watchdog(body, settings.silence())) {
            boolean whole = response.statusCode() == 200;
            if (!whole && !continues(response, from)) {
                drop();
                return new IOException("the server sends another part");
            }
            if (whole && from > 0) {
                drop();
            }
            return copy(body, watchdog);
        }
    }

    private static boolean continues(HttpResponse<?> response, long from) {
        return response.statusCode() == 206
                && response.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + from + "-");
    }

    /** Appends what comes, never more than the file has. */
    private @Nullable IOException copy(InputStream body, Watchdog watchdog) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long left = file.size() - size(); left > 0; ) {
                if (stop.getAsBoolean()) {
                    throw new CancellationException("stopped");
                }
                int count;
                try {
                    count = body.read(buffer, 0, (int) Math.min(left, buffer.length));
                } catch (IOException e) {
                    return e;
                }
                if (count < 0) {
                    return null;
                }
                watchdog.alive();
                write(out, ByteBuffer.wrap(buffer, 0, count));
                left -= count;
                received.accept(count);
            }
            out.force(true);
            return null;
        }
    }

    private void write(FileChannel out, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw new DownloadException(
                    part.getParent() + " takes no more of " + file.path() + " (" + e.getMessage() + ")",
                    "free some space there, or set HF_HUB_CACHE to a folder elsewhere; the same command goes on from here",
                    e);
        }
    }

    private long size() {
        return part.toFile().length();
    }
}

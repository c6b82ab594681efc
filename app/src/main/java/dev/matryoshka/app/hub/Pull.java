package dev.matryoshka.app.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.error.DownloadException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Fetches a model from a hub into a cache. Files appear in the snapshot one by one as they are whole, the configuration last
 * of all, and the revision names the snapshot only once it is complete: until then the store knows what it knew before.
 */
public final class Pull {
    private static final int ASKED = 3;

    private final HubId id;
    private final HubCache cache;
    private final HubSettings settings;
    private final Progress progress;
    private final BooleanSupplier stop;
    private long done;
    private long total;

    /** Hears how far it is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param done bytes that are here, from earlier attempts too
         * @param total bytes of the model
         */
        void onBytes(long done, long total);
    }

    private Pull(HubId id, HubCache cache, HubSettings settings, Progress progress, BooleanSupplier stop) {
        this.id = id;
        this.cache = cache;
        this.settings = settings;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Fetches what is missing of a model.
     *
     * @param stop asked all the time; what came until then is kept
     * @return its folder or GGUF file
     * @throws DownloadException it can't be fetched, with the reason and what to do
     * @throws java.util.concurrent.CancellationException stopped
     */
    public static Path run(HubId id, HubCache cache, HubSettings settings, Progress progress, BooleanSupplier stop) {
        if (settings.offline()) {
            return cache.find(id)
                    .orElseThrow(() -> new DownloadException(
                            id + " is not here, and nothing is fetched (--offline, HF_HUB_OFFLINE)",
                            "allow it, or copy the model's files here"));
        }
        try {
            return new Pull(id, cache, settings, progress, stop).run();
        } catch (IOException e) {
            throw new DownloadException(
                    cache.root() + " can't be written (" + e.getMessage() + ")",
                    "make it writable, or set HF_HUB_CACHE to a folder that is",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DownloadException("fetching " + id + " was interrupted", "start it again, it goes on", e);
        }
    }

    private Path run() throws IOException, InterruptedException {
        try (HubClient client = new HubClient(settings)) {
            HubListing listing = HubListing.of(id, describe(client));
            List<HubListing.File> files = new ArrayList<>(listing.wanted(id));
            files.sort(Comparator.comparing(Pull::isConfig)); // a stable sort: else the smallest first
            List<BlobDownload> downloads = files.stream()
                    .map(file ->
                            new BlobDownload(client, settings, cache, id, listing.commit(), file, this::received, stop))
                    .toList();
            total = files.stream().mapToLong(HubListing.File::size).sum();
            done = downloads.stream().mapToLong(BlobDownload::present).sum();
            Files.createDirectories(cache.blobs(id));
            requireRoom(total - done);
            progress.onBytes(done, total);
            Path snapshot = cache.snapshots(id).resolve(listing.commit());
            for (int i = 0; i < files.size(); i++) {
                link(snapshot.resolve(files.get(i).path()), downloads.get(i).fetch());
            }
            writeRef(listing.commit());
            return cache.find(id).orElse(snapshot);
        }
    }

    private static boolean isConfig(HubListing.File file) {
        return file.path().equals("config.json");
    }

    private JsonNode describe(HubClient client) throws InterruptedException {
        for (int i = 1; ; i++) {
            try {
                return client.describe(id);
            } catch (IOException e) {
                if (i == ASKED) {
                    throw new DownloadException(
                            settings.endpoint().getHost() + " can't be reached (" + reason(e) + ")",
                            "check the network, and HF_ENDPOINT if you set it",
                            e);
                }
                Thread.sleep(settings.pause());
            }
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void requireRoom(long bytes) throws IOException {
        long free = Files.getFileStore(cache.blobs(id)).getUsableSpace();
        if (bytes > free) {
            throw new DownloadException(
                    String.format(
                            Locale.ROOT,
                            "%s takes %.2f GB more, %s has %.2f GB free",
                            id,
                            bytes / 1e9,
                            cache.root(),
                            free / 1e9),
                    "free some space there, or set HF_HUB_CACHE to a folder elsewhere");
        }
    }

    private void received(long bytes) {
        done += bytes;
        progress.onBytes(done, total);
    }

    /** A relative link, as Hugging Face's tools make it; where the system allows none, a hard one. */
    private static void link(Path link, Path blob) throws IOException {
        Path folder = Objects.requireNonNull(link.getParent());
        Files.createDirectories(folder);
        if (Files.isRegularFile(link) && Files.isSameFile(link, blob)) {
            return;
        }
        Files.deleteIfExists(link);
        try {
            Files.createSymbolicLink(link, folder.relativize(blob));
        } catch (FileAlreadyExistsException e) {
            return; // another program's, which fetches the same
        } catch (UnsupportedOperationException | IOException e) {
            Files.createLink(link, blob);
        }
    }

    private void writeRef(String commit) throws IOException {
        Path ref = cache.ref(id);
        Files.createDirectories(ref.getParent());
        Path written = Files.createTempFile(ref.getParent(), "." + ref.getFileName(), "");
        Files.writeString(written, commit);
        Files.move(written, ref, StandardCopyOption.ATOMIC_MOVE);
    }
}

package dev.matryoshka.app;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets one window at a time use a folder of chats and settings. A file's lock says which, and the system takes it back however a
 * program ends. A later start hands its files over through a socket beside it, which only this user can open, and the first
 * window comes to the front.
 */
final class OneWindow implements AutoCloseable {
    private static final String LOCK = "window.lock";
    private static final String SOCKET = "window.socket";
    private static final int PATIENCE_SECONDS = 5;
    private static final int MOST_FILES = 1000;

    private final @Nullable FileChannel lock; // null where nothing can be written, and so nothing be spoilt
    private final Path socket;
    private @Nullable ServerSocketChannel server;

    private OneWindow(@Nullable FileChannel lock, Path socket) {
        this.lock = lock;
        this.socket = socket;
    }

    /**
     * Takes the folder.
     *
     * @param files for the window that has it already
     * @return null where another one has it, which has come to the front with the files
     * @throws InvalidRequestException another one has it and does not answer
     */
    static @Nullable OneWindow claim(Path folder, List<Path> files) {
        Path socket = folder.resolve(SOCKET);
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            return new OneWindow(null, socket);
        }
        if (locked(channel)) {
            return new OneWindow(channel, socket);
        }
        close(channel);
        if (handOver(socket, files)) {
            return null;
        }
        throw new InvalidRequestException(
                "Matryoshka is open already, and its window does not answer",
                "wait for it, or end it; for another one beside it set MATRYOSHKA_HOME to a folder of its own");
    }

    private static boolean locked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) { // within this process
            return false;
        } catch (IOException e) { // a file system without locks
            return true;
        }
    }

    private static boolean handOver(Path socket, List<Path> files) {
        CompletableFuture<Boolean> heard = CompletableFuture.supplyAsync(
                () -> {
                    try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(first));
                            InputStream in = Channels.newInputStream(first)) {
                        out.writeInt(files.size());
                        for (Path file : files) {
                            out.writeUTF(file.toAbsolutePath().toString());
                        }
                        out.flush();
                        return in.read() == 1;
                    } catch (IOException | RuntimeException e) { // a path too long for a socket, too
                        return false;
                    }
                },
                task -> Thread.ofVirtual().start(task));
        return heard.completeOnTimeout(false, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /**
     * Hears of later starts.
     *
     * @param opened takes their files; on a thread of its own
     */
    void listen(Consumer<List<Path>> opened) {
        if (lock == null) {
            return;
        }
        try {
            Files.deleteIfExists(socket); // of one that was killed
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
            server = listening;
            Thread.ofVirtual().name("later starts").start(() -> accept(listening, opened));
        } catch (IOException | RuntimeException e) { // later ones then say that it is open
            Log.failure("no socket for later starts", e);
        }
    }

    private static void accept(ServerSocketChannel listening, Consumer<List<Path>> opened) {
        while (listening.isOpen()) {
            try {
                SocketChannel later = listening.accept();
                Thread.ofVirtual().start(() -> hear(later, opened));
            } catch (IOException e) {
                if (listening.isOpen()) {
                    Log.failure("a later start was not heard", e);
                }
            }
        }
    }

    private static void hear(SocketChannel later, Consumer<List<Path>> opened) {
        try (later;
                DataInputStream in = new DataInputStream(Channels.newInputStream(later))) {
            int count = Math.min(in.readInt(), MOST_FILES);
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                files.add(Path.of(in.readUTF()));
            }
            opened.accept(files);
            Channels.newOutputStream(later).write(1);
        } catch (IOException | RuntimeException e) {
            Log.failure("a later start was not understood", e);
        }
    }

    @Override
    public void close() {
        ServerSocketChannel listening = server;
        if (listening != null) {
            close(listening);
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                Log.failure("the socket stays", e);
            }
        }
        if (lock != null) {
            close(lock);
        }
    }

    private static void close(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            Log.failure("not closed", e);
        }
    }
}

package dev.matryoshka.app.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves one archive from this machine, ranges included; the first answers can be made to break off half-way. */
final class ArchiveServer implements AutoCloseable {
    private final HttpServer server;
    private final byte[] archive;
    private final List<Long> starts = new CopyOnWriteArrayList<>();
    private final AtomicInteger breaks;

    /** @param breaks how many answers break off before one is whole */
    ArchiveServer(byte[] archive, int breaks) throws IOException {
        this.archive = archive.clone();
        this.breaks = new AtomicInteger(breaks);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The address that the archive's name is appended to. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Where each answer so far began, in bytes. */
    List<Long> starts() {
        return starts;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int start = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        starts.add((long) start);
        int length = archive.length - start;
        if (length <= 0) {
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + start + "-" + (archive.length - 1) + "/" + archive.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, length);
        boolean broken = breaks.getAndDecrement() > 0;
        exchange.getResponseBody().write(archive, start, broken ? length / 2 : length);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

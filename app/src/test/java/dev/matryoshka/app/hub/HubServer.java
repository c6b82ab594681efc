package dev.matryoshka.app.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A hub with one model, {@code some/model}. What goes wrong is queued: each answer to a large file's request takes one fault. */
public final class HubServer implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final int LARGE = 1000; // bytes, from which on a file is known by its SHA-256
    private static final int PIECE = 4096;

    /** What can go wrong with an answer. */
    enum Fault {
        BREAKS,
        SAYS_MORE_THAN_IT_SENDS,
        SENDS_MORE_THAN_THERE_IS,
        CORRUPTS,
        IGNORES_RANGE,
        SENDS_ANOTHER_PART,
        SILENT,
        ELSEWHERE,
        ELSEWHERE_BY_FILE,
        IN_A_CIRCLE,
        STATUS_401,
        STATUS_401_GATED,
        STATUS_403,
        STATUS_404,
        STATUS_429,
        STATUS_500,
    }

    /** What was asked. */
    public record Request(String path, String range, String token) {}

    private final HttpServer server;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, Object> more = new LinkedHashMap<>(); // of the list
    private final Map<String, Long> sizes = new TreeMap<>(); // where the list lies
    private final Deque<Fault> listFaults = new ArrayDeque<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private String elsewhere = "";
    private volatile long pieceMillis;

    public HubServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public HubServer file(String path, byte[] content) {
        files.put(path, content.clone());
        return this;
    }

    /** Something else that the list says. */
    HubServer says(String key, Object value) {
        more.put(key, value);
        return this;
    }

    /** The list's size of a file. */
    HubServer liesOfSize(String path, long size) {
        sizes.put(path, size);
        return this;
    }

    HubServer fault(Fault... next) {
        synchronized (faults) {
            faults.addAll(List.of(next));
        }
        return this;
    }

    HubServer listFault(Fault... next) {
        listFaults.addAll(List.of(next));
        return this;
    }

    /** Where redirects lead. */
    HubServer elsewhere(HubServer other) {
        elsewhere = other.url();
        return this;
    }

    /** Sends slowly. */
    public HubServer slow(long millisForEachPiece) {
        pieceMillis = millisForEachPiece;
        return this;
    }

    /** Requests for files, in their order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    static String checksum(byte[] content) {
        try {
            if (content.length >= LARGE) {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            }
            MessageDigest git = MessageDigest.getInstance("SHA-1");
            git.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(git.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/api/models/some/model/revision/")) {
                Fault fault = listFaults.poll();
                if (fault == null) {
                    send(exchange, 200, list());
                } else {
                    refuse(exchange, fault);
                }
            } else if (path.startsWith("/some/model/resolve/" + COMMIT + "/")) {
                file(exchange, path.substring(("/some/model/resolve/" + COMMIT + "/").length()));
            } else {
                exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
                send(exchange, 401, new byte[0]);
            }
        }
    }

    private byte[] list() throws IOException {
        List<Map<String, Object>> siblings = new ArrayList<>();
        files.forEach((path, content) -> {
            Map<String, Object> file = new LinkedHashMap<>();
            long size = sizes.getOrDefault(path, (long) content.length);
            file.put("rfilename", path);
            file.put("size", size);
            file.put("blobId", "00112233445566778899aabbccddeeff00112233");
            if (content.length >= LARGE) {
                file.put("lfs", Map.of("sha256", checksum(content), "size", size, "pointerSize", 134));
            } else {
                file.put("blobId", checksum(content));
            }
            siblings.add(file);
        });
        Map<String, Object> list = new LinkedHashMap<>(Map.of("sha", COMMIT, "siblings", siblings));
        list.putAll(more);
        return new ObjectMapper().writeValueAsBytes(list);
    }

    private void file(HttpExchange exchange, String path) throws IOException {
        String range = String.valueOf(exchange.getRequestHeaders().getFirst("Range"));
        requests.add(new Request(
                path, range, String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
        byte[] content = files.getOrDefault(path, new byte[0]);
        Fault fault = content.length < LARGE ? null : next();
        int from = range.equals("null") ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (fault == Fault.IGNORES_RANGE) {
            from = 0;
        }
        if (from > 0 && from >= content.length) {
            send(exchange, 416, new byte[0]);
            return;
        }
        int start = fault == Fault.SENDS_ANOTHER_PART ? Math.max(0, from - 1) : from;
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
        }
        byte[] part = Arrays.copyOfRange(content, start, content.length);
        int status = from > 0 ? 206 : 200;
        switch (fault) {
            case null -> send(exchange, status, part);
            case IGNORES_RANGE, SENDS_ANOTHER_PART -> send(exchange, status, part);
            case BREAKS, SAYS_MORE_THAN_IT_SENDS -> {
                exchange.sendResponseHeaders(status, part.length + (fault == Fault.BREAKS ? 0 : 7));
                exchange.getResponseBody().write(part, 0, fault == Fault.BREAKS ? part.length / 2 : part.length);
                exchange.getResponseBody().flush();
            }
            case SENDS_MORE_THAN_THERE_IS -> send(exchange, status, Arrays.copyOf(part, part.length + 99));
            case CORRUPTS -> {
                part[part.length / 3] ^= 1;
                send(exchange, status, part);
            }
            case SILENT -> {
                exchange.sendResponseHeaders(status, part.length);
                exchange.getResponseBody().write(part, 0, part.length / 2);
                exchange.getResponseBody().flush();
                sleep(3_000);
            }
            default -> refuse(exchange, fault);
        }
    }

    private @Nullable Fault next() {
        synchronized (faults) {
            return faults.poll();
        }
    }

    private void refuse(HttpExchange exchange, Fault fault) throws IOException {
        switch (fault) {
            case ELSEWHERE -> leadTo(exchange, elsewhere + exchange.getRequestURI());
            case ELSEWHERE_BY_FILE -> leadTo(exchange, "file:///etc/passwd");
            case IN_A_CIRCLE -> {
                synchronized (faults) {
                    faults.addFirst(fault);
                }
                leadTo(exchange, exchange.getRequestURI().toString());
            }
            case STATUS_401_GATED -> {
                exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
                send(exchange, 401, new byte[0]);
            }
            case STATUS_429 -> {
                exchange.getResponseHeaders().set("Retry-After", "0");
                send(exchange, 429, new byte[0]);
            }
            default -> send(exchange, Integer.parseInt(fault.name().substring("STATUS_".length())), new byte[0]);
        }
    }

    private static void leadTo(HttpExchange exchange, String place) throws IOException {
        exchange.getResponseHeaders().set("Location", URI.create(place).toString());
        exchange.sendResponseHeaders(302, -1);
    }

    private void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        OutputStream body = exchange.getResponseBody();
        for (int at = 0; at < content.length; at += PIECE) {
            body.write(content, at, Math.min(PIECE, content.length - at));
            if (pieceMillis > 0) {
                body.flush();
                sleep(pieceMillis);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package dev.matryoshka.app.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.error.DownloadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Asks a hub: what a model consists of, and for its files. Redirects lead elsewhere without the token. */
final class HubClient implements AutoCloseable {
    private static final int REDIRECTS = 10;
    private static final int MAX_LIST = 32 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings settings;
    private final HttpClient http;

    HubClient(HubSettings settings) {
        this.settings = settings;
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // one connection for one large file
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.silence())
                .build();
    }

    /** An answer that is no success and may be another one later. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Duration wait;

        BusyException(int status, Duration wait) {
            super("the server answers " + status);
            this.wait = wait;
        }

        /** How long the server asks to wait. */
        Duration pause() {
            return wait;
        }
    }

    static boolean isHttp(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return (scheme.equals("https") || scheme.equals("http")) && uri.getHost() != null;
    }

    /** What the hub says of a model's revision, see {@link HubListing}. */
    JsonNode describe(HubId id) throws IOException, InterruptedException {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + id.repository() + "/revision/"
                + encoded(id.revision()) + "?blobs=true");
        HttpResponse<InputStream> response = send(id, uri, 0);
        try (InputStream body = response.body()) {
            byte[] text = body.readNBytes(MAX_LIST);
            JsonNode node = JSON.readTree(text);
            if (node == null || !node.isObject()) {
                throw new DownloadException("what the hub says of " + id + " makes no sense", "check HF_ENDPOINT");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new DownloadException("what the hub says of " + id + " makes no sense", "check HF_ENDPOINT", e);
        }
    }

    /**
     * A file from a byte on; status 200 where the server sends all of it.
     *
     * @param path in the repository
     */
    HttpResponse<InputStream> open(HubId id, String commit, String path, long from)
            throws IOException, InterruptedException {
        String name = Arrays.stream(path.split("/")).map(HubClient::encoded).collect(Collectors.joining("/"));
        URI uri = URI.create(settings.endpoint() + "/" + id.repository() + "/resolve/" + commit + "/" + name);
        return send(id, uri, from);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<InputStream> send(HubId id, URI first, long from) throws IOException, InterruptedException {
        URI uri = first;
        for (int i = 0; i <= REDIRECTS; i++) {
            HttpResponse<InputStream> response = http.send(request(uri, from), BodyHandlers.ofInputStream());
            int status = response.statusCode();
            if (status == 200 || status == 206 || status == 416) {
                return response;
            }
            response.body().close();
            if (status / 100 == 3) {
                uri = redirected(uri, response);
            } else if (status == 429 || status == 408 || status >= 500) {
                throw new BusyException(status, retryAfter(response));
            } else {
                throw refused(id, response, uri);
            }
        }
        throw new DownloadException("the server leads around in a circle", "try again later");
    }

    private HttpRequest request(URI uri, long from) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(settings.silence()).header("User-Agent", "matryoshka");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (!settings.token().isEmpty() && isEndpoint(uri)) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        return request.build();
    }

    private boolean isEndpoint(URI uri) {
        URI own = settings.endpoint();
        return own.getScheme().equalsIgnoreCase(uri.getScheme())
                && own.getHost().equalsIgnoreCase(uri.getHost())
                && own.getPort() == uri.getPort();
    }

    private static URI redirected(URI from, HttpResponse<?> response) {
        try {
            URI to = from.resolve(response.headers().firstValue("Location").orElse(""));
            boolean safe = isHttp(to)
                    && (to.getScheme().equalsIgnoreCase("https")
                            || from.getScheme().equals("http"));
            if (safe) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new DownloadException("the server leads to where nothing is fetched from", "try again later");
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return Duration.ofSeconds(seconds.matches("\\d{1,4}") ? Math.min(60, Integer.parseInt(seconds)) : 0);
    }

    private DownloadException refused(HubId id, HttpResponse<?> response, URI uri) {
        int status = response.statusCode();
        String why = response.headers().firstValue("X-Error-Code").orElse("");
        String page = settings.endpoint() + "/" + id.repository();
        boolean known = !settings.token().isEmpty();
        if (why.equals("RevisionNotFound")) {
            return new DownloadException(id.repository() + " has no revision '" + id.revision() + "'", "see " + page);
        }
        if (status == 404 || why.equals("RepoNotFound")) {
            return new DownloadException(
                    "there is no model " + id.repository() + " on "
                            + settings.endpoint().getHost() + ", or it is private",
                    "check the name; a private one needs HF_TOKEN");
        }
        if (status == 401 && known && !why.equals("GatedRepo")) {
            return new DownloadException(
                    settings.endpoint().getHost() + " doesn't know the token in HF_TOKEN (401)",
                    "make a new one at " + settings.endpoint() + "/settings/tokens");
        }
        if (status == 401 || status == 403) {
            return new DownloadException(
                    id.repository() + " is given only to those who accepted its licence (" + status + ")",
                    known
                            ? "accept it at " + page + " with the account that HF_TOKEN belongs to"
                            : "accept it at " + page + ", make a token at " + settings.endpoint()
                                    + "/settings/tokens and set HF_TOKEN to it");
        }
        return new DownloadException(uri.getHost() + " answers " + status, "try again later");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

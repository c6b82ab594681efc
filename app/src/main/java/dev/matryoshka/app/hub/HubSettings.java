package dev.matryoshka.app.hub;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How to reach a hub.
 *
 * @param endpoint {@code https://huggingface.co}, or another place that answers as it does
 * @param token sent to the endpoint alone; empty for none
 * @param offline whether nothing may be sent at all
 * @param attempts in a row that may bring nothing before a file is given up
 * @param pause after the first of them, doubled after each
 * @param silence after which a connection counts as dead
 */
public record HubSettings(URI endpoint, String token, boolean offline, int attempts, Duration pause, Duration silence) {
    private static final String HUB = "https://huggingface.co";
    private static final int ATTEMPTS = 6;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /**
     * By the variables that Hugging Face's tools know: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE}.
     *
     * @throws InvalidRequestException they make no sense
     */
    public static HubSettings of(Map<String, String> environment) {
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        check("HF_TOKEN", token);
        String offline = environment.getOrDefault("HF_HUB_OFFLINE", "").strip().toUpperCase(Locale.ROOT);
        return new HubSettings(
                endpoint(environment.getOrDefault("HF_ENDPOINT", "").strip()),
                token,
                Set.of("1", "ON", "YES", "TRUE").contains(offline),
                ATTEMPTS,
                PAUSE,
                SILENCE);
    }

    private static void check(String name, String token) {
        if (!token.matches("[!-~]*")) {
            throw new InvalidRequestException(name + " holds characters that no token has", "copy it again");
        }
    }

    /**
     * The same with another token.
     *
     * @throws InvalidRequestException it is none
     */
    public HubSettings with(String otherToken) {
        check("the token", otherToken);
        return new HubSettings(endpoint, otherToken, offline, attempts, pause, silence);
    }

    private static URI endpoint(String named) {
        try {
            URI uri = URI.create((named.isEmpty() ? HUB : named).replaceFirst("/+$", ""));
            if (HubClient.isHttp(uri)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new InvalidRequestException("HF_ENDPOINT is no web address", "set it to one that begins with https://");
    }

    /** The same, sending nothing. */
    public HubSettings unreachable() {
        return new HubSettings(endpoint, token, true, attempts, pause, silence);
    }
}

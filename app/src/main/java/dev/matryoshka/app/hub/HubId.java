package dev.matryoshka.app.hub;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's name on a hub: {@code google/gemma-3n-E2B-it}, {@code …@revision}, and {@code …:Q4_0} for one file of a
 * repository of GGUF files.
 *
 * @param type what a GGUF file's name ends in; null for a folder, or where there is only one file
 * @param revision branch, tag or commit
 */
public record HubId(String owner, String name, @Nullable String type, String revision) {
    /** The branch that everything is on where nothing else is said. */
    public static final String MAIN = "main";

    private static final String PART = "[A-Za-z0-9][\\w.-]*";
    private static final Pattern ID =
            Pattern.compile("(" + PART + ")/(" + PART + ")(?::(" + PART + "))?(?:@(" + PART + "(?:/" + PART + ")*))?");

    /** A name in two parts, or nothing where it has another form. */
    public static Optional<HubId> find(String id) {
        Matcher match = ID.matcher(id);
        boolean harmless = match.matches() && !id.contains("..") && !id.contains("--");
        return harmless
                ? Optional.of(new HubId(
                        match.group(1), match.group(2), match.group(3), match.group(4) == null ? MAIN : match.group(4)))
                : Optional.empty();
    }

    /** @throws InvalidRequestException it has another form */
    public static HubId parse(String id) {
        return find(id).orElseThrow(() -> new InvalidRequestException(
                "'" + id + "' is no model's name on a hub",
                "write OWNER/NAME, as in google/gemma-3n-E2B-it, or OWNER/NAME:Q4_0 for one of several GGUF files"));
    }

    /** {@code owner/name}. */
    public String repository() {
        return owner + "/" + name;
    }

    /** Name of its folder in a cache. */
    String folder() {
        return "models--" + owner + "--" + name;
    }

    /** Whether it means a file by its type: {@code gemma-3n-E2B-it-Q4_0.gguf} for {@code Q4_0}, not for {@code 0}. */
    boolean means(String file) {
        return type != null && typeOf(file).equalsIgnoreCase(type);
    }

    /** What comes last in the name of a GGUF file, {@code UD-Q4_K_XL} whole: {@code Q4_0}; empty where it has no such end. */
    public static String typeOf(String file) {
        Matcher end = Pattern.compile(
                        "(?:|.*?[-.])((?:UD-)?(?:I?Q\\d\\w*|B?F16|F32|MXFP4\\w*))\\.gguf", Pattern.CASE_INSENSITIVE)
                .matcher(file.substring(file.lastIndexOf('/') + 1));
        return end.matches() ? end.group(1).toUpperCase(Locale.ROOT) : "";
    }

    @Override
    public String toString() {
        return repository() + (type == null ? "" : ":" + type) + (revision.equals(MAIN) ? "" : "@" + revision);
    }
}

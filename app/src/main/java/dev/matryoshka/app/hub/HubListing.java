package dev.matryoshka.app.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.checkpoint.Projectors;
import dev.matryoshka.engine.error.DownloadException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a model's revision consists of.
 *
 * @param commit its number
 * @param files all of them, the smallest first
 */
record HubListing(String commit, List<File> files) {
    private static final String ARCHITECTURE = "gemma3n";
    private static final Pattern PATH = Pattern.compile("[^/\\\\\\p{Cntrl}:]+(/[^/\\\\\\p{Cntrl}:]+)*");
    private static final Pattern PLAIN = Pattern.compile(
            "[^/]+\\.json|model[^/]*\\.safetensors|adapter_model\\.safetensors|[^/]+\\.jinja|README\\.md|LICEN[SC]E[^/]*|NOTICE[^/]*");

    /**
     * A file.
     *
     * @param path in the repository
     * @param checksum SHA-256 of its bytes where there are 64 digits; the id that git gives it where there are 40
     */
    record File(String path, long size, String checksum) {
        boolean sha256() {
            return checksum.length() == 64;
        }
    }

    /**
     * Checks what a hub says; nothing of it may point outside a folder.
     *
     * @throws DownloadException it makes no sense
     * @throws UnsupportedModelException the model is of another architecture
     */
    static HubListing of(HubId id, JsonNode answer) {
        String architecture = answer.at("/config/model_type")
                .asText(answer.at("/gguf/architecture").asText(""));
        if (!architecture.isEmpty() && !architecture.startsWith(ARCHITECTURE)) {
            throw new UnsupportedModelException(
                    id + " is a model of architecture " + architecture, "use a Gemma 3n model (gemma3n)");
        }
        String commit = answer.path("sha").asText("");
        List<File> files = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            files.add(file(id, sibling));
        }
        if (!commit.matches("[0-9a-f]{40}") || files.isEmpty()) {
            throw senseless(id, "no commit and no files");
        }
        files.sort(Comparator.comparingLong(File::size));
        return new HubListing(commit, List.copyOf(files));
    }

    private static File file(HubId id, JsonNode sibling) {
        String path = sibling.path("rfilename").asText("");
        JsonNode large = sibling.path("lfs");
        String checksum = large.path("sha256").asText(sibling.path("blobId").asText(""));
        JsonNode size = large.has("size") ? large.path("size") : sibling.path("size");
        boolean whole = size.isIntegralNumber() && size.canConvertToLong() && size.longValue() >= 0;
        boolean inside = PATH.matcher(path).matches()
                && Stream.of(path.split("/")).noneMatch(part -> part.equals("..") || part.equals("."));
        if (!inside || !whole || !checksum.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
            throw senseless(id, "a file '" + path + "' without a proper name, size and checksum");
        }
        return new File(path, size.longValue(), checksum);
    }

    private static DownloadException senseless(HubId id, String what) {
        return new DownloadException("the hub says of " + id + ": " + what, "check HF_ENDPOINT, or try again later");
    }

    /**
     * The files that are needed: those of a folder in safetensors format, or the GGUF file that is meant with the
     * towers beside it; with its card.
     *
     * @throws InvalidRequestException there are several GGUF files and none is meant, or none of that type
     */
    List<File> wanted(HubId id) {
        boolean folder = files.stream().anyMatch(f -> f.path().matches("(adapter_)?config\\.json"));
        boolean weights = files.stream().anyMatch(f -> f.path().endsWith(".safetensors"));
        if (id.type() == null && folder && weights) {
            return files.stream().filter(f -> PLAIN.matcher(f.path()).matches()).toList();
        }
        List<File> ggufs = files.stream().filter(HubListing::isGguf).toList();
        Predicate<File> meant = id.type() == null ? f -> ggufs.size() == 1 : f -> id.means(f.path());
        File file = ggufs.stream().filter(meant).findFirst().orElseThrow(() -> undecided(id, ggufs));
        File projector = files.stream()
                .filter(f -> Projectors.isProjector(name(f)) && folder(f).equals(folder(file)))
                .min(Comparator.comparing(File::path))
                .orElse(file);
        return files.stream()
                .filter(f -> f.equals(file) || f.equals(projector) || f.path().equals("README.md"))
                .toList();
    }

    private static boolean isGguf(File file) {
        return name(file).toLowerCase(Locale.ROOT).endsWith(".gguf") && !Projectors.isProjector(name(file));
    }

    private static String name(File file) {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    private static String folder(File file) {
        return file.path().substring(0, file.path().lastIndexOf('/') + 1);
    }

    private static InvalidRequestException undecided(HubId id, List<File> ggufs) {
        if (ggufs.isEmpty()) {
            return new InvalidRequestException(
                    id + " holds neither safetensors nor that GGUF file", "choose another model");
        }
        List<String> types = ggufs.stream()
                .map(f -> HubId.typeOf(f.path()))
                .filter(type -> !type.isEmpty())
                .distinct()
                .sorted()
                .toList();
        return new InvalidRequestException(
                id + " names none of its GGUF files",
                "add a colon and one of " + String.join(", ", types) + ", as in " + id.repository() + ":"
                        + (types.isEmpty() ? "Q4_0" : types.getFirst()));
    }
}

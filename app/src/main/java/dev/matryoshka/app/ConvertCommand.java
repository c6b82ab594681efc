package dev.matryoshka.app;

import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.ProjectorExport;
import dev.matryoshka.engine.SliceExport;
import dev.matryoshka.engine.StoredMatrix;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model, or a slice of it, as a model of its own. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model in another form: --to FILE.gguf as a GGUF file for this program and llama.cpp, quantised by --type;"
                    + " --to FOLDER as a Hugging Face folder, for which a Mix-n-Match slice must be chosen.",
            "A GGUF file holds text alone; --mmproj writes the towers for pictures and sounds beside it."
        })
final class ConvertCommand implements Callable<Integer> {
    private static final String GGUF = ".gguf";

    @Option(
            names = "--from",
            paramLabel = "ID|FOLDER",
            description = "Hub id, folder, or 'embedded' (default: embedded).")
    private String from = ModelStore.EMBEDDED;

    @Option(names = "--to", required = true, paramLabel = "FILE.gguf|FOLDER", description = "A new file or folder.")
    private Path to = Path.of("");

    @Option(
            names = "--slice",
            paramLabel = "NAME|SHARE|FILE",
            description =
                    "The slice: a name that 'slices' lists, a share of each layer, or a JSON file (default: everything).")
    private String slice = "";

    @Option(
            names = "--type",
            paramLabel = "T",
            description = "Of a GGUF file's matrices: f32, f16, bf16, q8_0, q6_k, q5_k, q4_k, q4_0 (default: q8_0).")
    private String type = "q8_0";

    @Option(
            names = "--embedding-type",
            paramLabel = "T",
            description =
                    "Of its token embeddings, which are the head as well (default: q6_k for q4_k and q5_k, else that of --type).")
    private String embeddingType = "";

    @Option(
            names = "--ple-type",
            paramLabel = "T",
            description = "Of its per-layer embeddings (default: that of --type).")
    private String perLayerType = "";

    @Option(
            names = "--mmproj",
            paramLabel = "FILE.gguf",
            description = "A new file for the towers; beside --to and named mmproj… it is found by itself.")
    private @Nullable Path projector;

    @Option(
            names = "--mmproj-type",
            paramLabel = "T",
            description = "Of the towers' matrices: f32, f16, bf16 (default: f16).")
    private String projectorType = "f16";

    @Option(names = "--errors", description = "Show what each matrix of a GGUF file loses.")
    private boolean errors;

    private final List<StoredMatrix> stored = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Path folder = new ModelStore(AppFolders.ofUser()).find(from).path();
        if (to.toString().endsWith(GGUF)) {
            GgufExport.Types usual = GgufExport.Types.of(type(type));
            GgufExport.Types types = new GgufExport.Types(
                    usual.matrices(),
                    embeddingType.isEmpty() ? usual.embeddings() : type(embeddingType),
                    perLayerType.isEmpty() ? usual.perLayer() : type(perLayerType));
            DType towers = ModelOptions.oneOf(ProjectorExport.TYPES, projectorType);
            if (projector == null) {
                writeText(folder, types);
            } else {
                ProjectorExport.write(
                        folder, projector, towers, new ShareProgress("writing " + projector.getFileName()));
                writeTextToo(folder, types, projector);
            }
        } else if (slice.isEmpty()) {
            throw new InvalidRequestException(
                    "a folder is written for a slice", "choose one by --slice, or name a file that ends in " + GGUF);
        } else if (projector != null) {
            throw new InvalidRequestException(
                    "a folder has its towers inside", "leave --mmproj out, or name a file that ends in " + GGUF);
        } else {
            cut(folder, to);
        }
        System.err.println("written to " + to);
        return 0;
    }

    private static DType type(String name) {
        return ModelOptions.exportType(name);
    }

    private void cut(Path folder, Path target) {
        SliceExport.write(folder, target, config -> ModelOptions.catalog(config).find(slice));
    }

    private void writeText(Path folder, GgufExport.Types types) throws IOException {
        if (slice.isEmpty()) {
            write(folder, types);
        } else {
            writeSlice(folder, types);
        }
    }

    /** Neither file without the other. */
    private void writeTextToo(Path folder, GgufExport.Types types, Path towers) throws IOException {
        boolean done = false;
        try {
            writeText(folder, types);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(towers);
            }
        }
    }

    private void write(Path folder, GgufExport.Types types) {
        GgufExport.write(folder, to, types, new ShareProgress("writing " + to.getFileName()), errors, stored::add);
        StoredMatrices report = new StoredMatrices(stored);
        if (errors) {
            PrintStream out = Terminal.out();
            out.print(report.table());
            out.flush();
        }
        report.otherThanWanted().forEach(System.err::println);
    }

    /** By way of a folder beside the file. */
    private void writeSlice(Path folder, GgufExport.Types types) throws IOException {
        Path beside = to.toAbsolutePath().getParent();
        if (beside == null || !Files.isWritable(beside)) {
            throw new InvalidRequestException(to + " can't be written", "choose a folder that you may write to");
        }
        Path cut = Files.createTempDirectory(beside, ".slice");
        try {
            cut(folder, cut);
            write(cut, types);
        } finally {
            try (Stream<Path> files = Files.walk(cut)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}

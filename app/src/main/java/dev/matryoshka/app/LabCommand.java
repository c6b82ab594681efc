package dev.matryoshka.app;

import dev.matryoshka.app.lab.LabSetup;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out what the slices of a model are worth. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = {
            "Evaluates Mix-n-Match slices of a model on a file of questions: quality against size and speed.",
            "Stopped by Ctrl-C it shows the slices that are done; the same command goes on from there."
        })
final class LabCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--eval",
            paramLabel = "FILE",
            description = "JSON lines with prompt, answer, choices, image, audio, or text (default: the embedded one).")
    private @Nullable Path eval;

    @Option(
            names = "--slices",
            split = ",",
            paramLabel = "NAME|SHARE|FILE",
            description = "What to evaluate (default: every slice that has a name, and some shares between).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--fit",
            paramLabel = "MB",
            description = "Look for the best slice of at most so many megabytes on the device, and compare it.")
    private @Nullable Double fit;

    @Option(
            names = "--fit-speed",
            paramLabel = "T",
            description = "The same for T tokens/s, as far as speed goes with bytes.")
    private @Nullable Double fitSpeed;

    @Option(
            names = "--save",
            paramLabel = "NAME",
            description = "Save the slice that was found; --slice then knows it.")
    private @Nullable String save;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write the table there too.")
    private @Nullable Path csv;

    @Option(names = "--again", description = "Forget what is known from earlier runs.")
    private boolean again;

    @Override
    public Integer call() throws IOException {
        AtomicBoolean stopped = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            stopped.set(true);
            try {
                boolean _ = done.await(5, TimeUnit.SECONDS); // what is done is shown
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (Gemma3n gemma = model.load(1)) {
            AppFolders folders = AppFolders.ofUser();
            LabSetup setup = new LabSetup(
                    gemma,
                    eval == null ? embedded() : eval,
                    folders.slices(),
                    folders.cache(),
                    again,
                    new ReentrantLock());
            Runtime.getRuntime().addShutdownHook(hook);
            List<SliceInfo> slices = setup.slices(names, found(setup, stopped));
            LabReport report = setup.lab()
                    .run(
                            slices,
                            terminal() ? (s, q) -> show(slices, s, q, setup.questions()) : (s, q) -> {},
                            stopped::get);
            System.err.print(terminal() ? "\r\033[K" : "");
            if (stopped.get()) {
                System.err.println("matryoshka: stopped; the same command goes on from here");
            }
            Terminal.print(
                    json ? Terminal.json(report.object()) : report.table().stripTrailing());
            if (csv != null) {
                write(csv, report.csv());
            }
            return stopped.get() ? Main.FAILURE : 0;
        } catch (CancellationException e) {
            return Main.FAILURE;
        } finally {
            done.countDown();
            if (!stopped.get()) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    /** The slice that was looked for, or nothing. */
    private List<MatFormerSlice> found(LabSetup setup, AtomicBoolean stopped) {
        if (fit == null && fitSpeed == null) {
            if (save != null) {
                throw new InvalidRequestException(
                        "--save without --fit", "say with --fit or --fit-speed what to look for");
            }
            return List.of();
        }
        MatFormerSlice slice = setup.find(
                save == null ? "found" : save,
                fit == null ? null : (Long) Math.round(fit * 1e6),
                fitSpeed,
                tried -> {
                    if (terminal()) {
                        System.err.printf(
                                Locale.ROOT,
                                "\rsearching at %.1f MB\033[K",
                                setup.costs().custom(tried).deviceBytes() / 1e6);
                    }
                },
                stopped::get);
        if (save != null) {
            System.err.println("saved as " + setup.save(slice));
        }
        return List.of(slice);
    }

    private static boolean terminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    private static void show(List<SliceInfo> slices, int slice, int question, int questions) {
        System.err.printf(
                Locale.ROOT,
                "\r%s (%d of %d): question %d of %d\033[K",
                slices.get(slice).slice().name(),
                slice + 1,
                slices.size(),
                question + 1,
                questions);
    }

    private Path embedded() {
        if (!model.model().equals(ModelStore.EMBEDDED)) {
            throw new InvalidRequestException(
                    "the embedded questions are for the embedded model", "name a file of your own with --eval");
        }
        return new ModelStore(AppFolders.ofUser()).assets().questions();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    file + " can't be written (" + e.getMessage() + ")", "choose a place you may write to", e);
        }
    }
}

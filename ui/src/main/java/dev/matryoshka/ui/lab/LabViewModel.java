package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.size.Figures;
import dev.matryoshka.ui.size.SizeScale;
import dev.matryoshka.ui.size.SizeViewModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import org.jspecify.annotations.Nullable;

/** What is known of a model's slices, and finding out more; no nodes. Used on the UI thread. */
public final class LabViewModel {
    private final Labs labs;
    private final SizeViewModel size;
    private final Executor uiThread;
    private final Executor background;
    private final ReadOnlyObjectWrapper<LabReport> report = new ReadOnlyObjectWrapper<>(new LabReport(List.of()));
    private final ReadOnlyObjectWrapper<@Nullable Path> questions = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable State> state = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyBooleanWrapper ready = new ReadOnlyBooleanWrapper();
    private final ObjectProperty<Cost> cost = new SimpleObjectProperty<>(Cost.PARAMETERS);
    private final List<MatFormerSlice> found = new ArrayList<>();
    private boolean ownQuestions; // a file that the person named
    private AtomicBoolean stop = new AtomicBoolean();
    private int generation; // what an earlier model's run still says is not heard

    /**
     * What is being done.
     *
     * @param share that is done; negative where nobody knows
     */
    public record State(String words, double share) {}

    /** What quality is set against. */
    public enum Cost {
        PARAMETERS,
        BYTES,
        SPEED;

        /** Of a slice. */
        double of(LabReport.Row row) {
            return switch (this) {
                case PARAMETERS -> row.slice().effectiveParameters();
                case BYTES -> row.slice().deviceBytes();
                case SPEED -> row.tokensPerSecond();
            };
        }
    }

    /**
     * @param size what uses a slice
     * @param background evaluates, one at a time
     */
    public LabViewModel(Labs labs, SizeViewModel size, Executor uiThread, Executor background) {
        this.labs = labs;
        this.size = size;
        this.uiThread = uiThread;
        this.background = background;
        ready.bind(size.scaleProperty().isNotNull().and(questions.isNotNull()).and(state.isNull()));
        size.scaleProperty().addListener((property, before, now) -> {
            if (now == null) {
                forgetModel();
            }
        });
    }

    private void forgetModel() {
        stop();
        generation++;
        found.clear();
        state.set(null);
        problem.set(null);
        report.set(new LabReport(List.of()));
        if (!ownQuestions) {
            questions.set(null);
        }
    }

    /** What is known. */
    public ReadOnlyObjectProperty<LabReport> reportProperty() {
        return report.getReadOnlyProperty();
    }

    /** The file of questions; null where the person has to name one. */
    public ReadOnlyObjectProperty<@Nullable Path> questionsProperty() {
        return questions.getReadOnlyProperty();
    }

    /** What is being done; null for nothing. */
    public ReadOnlyObjectProperty<@Nullable State> stateProperty() {
        return state.getReadOnlyProperty();
    }

    /** Why the last wish could not be met; null where it was. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** Whether a run can begin. */
    public ReadOnlyBooleanProperty readyProperty() {
        return ready.getReadOnlyProperty();
    }

    /** What quality is set against. */
    public ObjectProperty<Cost> costProperty() {
        return cost;
    }

    /** The size that answers, and what changes it. */
    SizeViewModel size() {
        return size;
    }

    /** Looks what is known, where nothing is being done. */
    public void refresh() {
        if (size.scaleProperty().get() == null || state.get() != null) {
            return;
        }
        if (ownQuestions) {
            showKnown();
        } else {
            inBackground(labs::questions, shipped -> {
                questions.set(shipped);
                showKnown();
            });
        }
    }

    private void showKnown() {
        Path file = questions.get();
        if (file != null) {
            List<MatFormerSlice> more = List.copyOf(found);
            inBackground(() -> labs.known(file, more), report::set);
        }
    }

    /** Takes another file of questions. */
    public void ask(Path file) {
        if (state.get() == null) {
            ownQuestions = true;
            questions.set(file);
            problem.set(null);
            report.set(new LabReport(List.of()));
            showKnown();
        }
    }

    /**
     * Asks what is not known yet.
     *
     * @param again forgets first what is known
     */
    public void run(boolean again) {
        Path file = questions.get();
        if (!ready.get() || file == null) {
            return;
        }
        AtomicBoolean wanted = begin();
        Labs.Progress heard = new Heard(generation);
        List<MatFormerSlice> more = List.copyOf(found);
        inBackground(() -> labs.run(file, more, again, heard, wanted::get), done -> {
            state.set(null);
            report.set(done);
        });
    }

    /** Looks for the best slice within a budget, then evaluates it with the others. */
    public void find(Labs.Goal goal) {
        Path file = questions.get();
        if (!ready.get() || file == null) {
            return;
        }
        AtomicBoolean wanted = begin();
        Labs.Progress heard = new Heard(generation);
        inBackground(() -> labs.find(file, goal, heard, wanted::get), slice -> {
            state.set(null);
            found.removeIf(known -> known.name().equals(slice.name()));
            found.add(slice);
            if (!wanted.get()) {
                run(false);
            }
        });
    }

    private AtomicBoolean begin() {
        problem.set(null);
        stop = new AtomicBoolean();
        state.set(new State("Reading the questions…", -1));
        return stop;
    }

    /** Ends what is being done; what is known by then is kept. */
    public void stop() {
        stop.set(true);
    }

    /** Goes on answering with a slice. */
    public void use(SliceInfo slice) {
        SizeScale scale = size.scaleProperty().get();
        if (scale != null && !size.comparingProperty().get()) {
            size.choose(scale.info(slice.slice()));
            size.use();
        }
    }

    /** Writes the table for a spreadsheet. */
    public void writeTable(Path file) {
        write(file, report.get().csv().getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file of the person's choice. */
    void write(Path file, byte[] content) {
        problem.set(null);
        inBackground(
                () -> {
                    try {
                        return Files.write(file, content);
                    } catch (IOException e) {
                        throw new InvalidRequestException(
                                file + " can't be written (" + e.getMessage() + ")",
                                "choose a place you may write to",
                                e);
                    }
                },
                written -> {});
    }

    /** What a run says, from its thread. */
    private final class Heard implements Labs.Progress {
        private final int of;

        Heard(int of) {
            this.of = of;
        }

        @Override
        public void onQuestion(MatFormerSlice slice, int done, int total) {
            show(new State(
                    String.format(Locale.ROOT, "%s: question %d of %d", slice.name(), done + 1, total),
                    (double) done / total));
        }

        @Override
        public void onSlice(LabReport soFar) {
            uiThread.execute(() -> {
                if (of == generation) {
                    report.set(soFar);
                }
            });
        }

        @Override
        public void onTry(long deviceBytes) {
            show(new State("Trying " + Figures.bytes(deviceBytes), -1));
        }

        private void show(State now) {
            uiThread.execute(() -> {
                if (of == generation && state.get() != null) {
                    state.set(now);
                }
            });
        }
    }

    private <T> void inBackground(Supplier<T> work, Consumer<T> then) {
        int mine = generation;
        CompletionStage<T> done = CompletableFuture.supplyAsync(work, background);
        done.whenCompleteAsync(
                (result, failure) -> {
                    if (mine != generation) {
                        return;
                    }
                    if (failure == null) {
                        then.accept(result);
                    } else {
                        state.set(null);
                        problem.set(known(failure));
                    }
                },
                uiThread);
    }

    private static @Nullable MatryoshkaException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case CancellationException stopped -> null;
            case MatryoshkaException known -> known;
            default -> new InvalidRequestException("unexpected " + cause, "please report it", cause);
        };
    }
}

package dev.matryoshka.ui;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.lab.Labs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Evaluates E4B's slices by a made-up rule, one question for each permit. */
final class FakeLabs implements Labs {
    private static final int QUESTIONS = 10;

    final Semaphore permits = new Semaphore(0);
    final List<String> runs = new CopyOnWriteArrayList<>();
    volatile @Nullable Path shipped = Path.of("questions.jsonl");
    volatile @Nullable MatryoshkaException refusal;
    private int answered; // of all slices together, kept from run to run; one run at a time

    static List<SliceInfo> slices(List<MatFormerSlice> more) {
        ModelSlices slices = FakeAssistant.SLICES;
        return Stream.concat(slices.named().stream(), more.stream().map(slices::custom))
                .sorted((a, b) -> Long.compare(a.effectiveParameters(), b.effectiveParameters()))
                .toList();
    }

    /** Better with size, but for one. */
    private static LabReport.Row row(SliceInfo info) {
        boolean dip = info.slice().name().startsWith("E3");
        double right = 0.5 + info.effectiveParameters() / 1e10 - (dip ? 0.1 : 0);
        return new LabReport.Row(
                info,
                right,
                Map.of("pictures", right - 0.1, "words", right + 0.05),
                3 - right,
                4e10 / info.deviceBytes());
    }

    @Override
    public @Nullable Path questions() {
        return shipped;
    }

    @Override
    public LabReport known(Path questions, List<MatFormerSlice> more) {
        return report(slices(more), answered);
    }

    private static LabReport report(List<SliceInfo> slices, int answered) {
        List<LabReport.Row> rows = new ArrayList<>();
        for (int i = 0; i < slices.size() && (i + 1) * QUESTIONS <= answered; i++) {
            rows.add(row(slices.get(i)));
        }
        return new LabReport(rows);
    }

    @Override
    public LabReport run(
            Path questions, List<MatFormerSlice> more, boolean again, Progress progress, BooleanSupplier stop) {
        runs.add((again ? "again " : "") + questions.getFileName());
        MatryoshkaException no = refusal;
        if (no != null) {
            throw no;
        }
        answered = again ? 0 : answered;
        List<SliceInfo> slices = slices(more);
        while (answered < slices.size() * QUESTIONS && !stop.getAsBoolean()) {
            progress.onQuestion(slices.get(answered / QUESTIONS).slice(), answered, slices.size() * QUESTIONS);
            if (take()) {
                answered++;
                if (answered % QUESTIONS == 0) {
                    progress.onSlice(report(slices, answered));
                }
            }
        }
        return report(slices, answered);
    }

    private boolean take() {
        try {
            return permits.tryAcquire(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new CancellationException("interrupted");
        }
    }

    @Override
    public MatFormerSlice find(Path questions, Goal goal, Progress progress, BooleanSupplier stop) {
        while (!take()) {
            progress.onTry(1_500_000_000);
            if (stop.getAsBoolean()) {
                throw new CancellationException("stopped");
            }
        }
        return MatFormerSlice.uniform(goal.slice(), FakeAssistant.SLICES.config(), 0.75);
    }
}

package dev.matryoshka.app.lab;

import dev.matryoshka.engine.Evaluator;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Question;
import dev.matryoshka.engine.Score;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Asks every question in every slice of a loaded model. */
public final class Lab {
    private final Gemma3n model;
    private final List<Question> questions;
    private final LabResults results;
    private final Lock turn;

    /** Hears how far it is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Before a question is asked.
         *
         * @param slice index of the slice
         * @param question index of the question
         */
        void onQuestion(int slice, int question);

        /** After a slice was asked everything: what there is until now. */
        default void onSlice(LabReport soFar) {}
    }

    /**
     * @param results what is known already, and where the rest is kept
     * @param turn held while a question is asked, so that others who use the model have theirs in between
     */
    public Lab(Gemma3n model, List<Question> questions, LabResults results, Lock turn) {
        this.model = model;
        this.questions = questions;
        this.results = results;
        this.turn = turn;
    }

    /** The slices of which everything is known already; asks nothing. */
    public LabReport known(List<SliceInfo> slices) {
        List<LabReport.Row> rows = new ArrayList<>();
        for (SliceInfo slice : slices) {
            List<Score> scores = IntStream.range(0, questions.size())
                    .mapToObj(q -> results.find(slice.slice(), q))
                    .filter(Objects::nonNull)
                    .toList();
            if (scores.size() == questions.size()) {
                rows.add(LabReport.Row.of(slice, questions, scores));
            }
        }
        return new LabReport(rows);
    }

    /**
     * Asks what is not known yet.
     *
     * @param stop asked before each token
     * @return the slices that were asked everything, fewer than there are where it was stopped
     */
    public LabReport run(List<SliceInfo> slices, Progress progress, BooleanSupplier stop) {
        List<LabReport.Row> rows = new ArrayList<>();
        try (Evaluator evaluator = new Evaluator(model)) {
            for (int s = 0; s < slices.size(); s++) {
                SliceInfo slice = slices.get(s);
                List<Score> scores = new ArrayList<>();
                for (int q = 0; q < questions.size(); q++) {
                    Score score = results.find(slice.slice(), q);
                    if (score == null) {
                        progress.onQuestion(s, q);
                        Question question = questions.get(q);
                        score = inTurn(() -> evaluator.score(question, slice.slice(), stop), stop);
                        results.add(slice.slice(), q, score);
                    }
                    scores.add(score);
                }
                rows.add(LabReport.Row.of(slice, questions, scores));
                progress.onSlice(new LabReport(List.copyOf(rows)));
            }
        } catch (CancellationException e) {
            return new LabReport(rows);
        }
        return new LabReport(rows);
    }

    private <T> T inTurn(Supplier<T> work, BooleanSupplier stop) {
        turn.lock();
        try {
            if (stop.getAsBoolean()) { // it may have been a long wait
                throw new CancellationException("stopped");
            }
            return work.get();
        } finally {
            turn.unlock();
        }
    }

    /**
     * Looks for the slice that does best within a budget, by the mean logarithm of the right answers' probabilities.
     *
     * @param name of the slice that is found
     * @param budget bytes of weights on the device
     * @param tried hears of every slice that was tried
     * @param stop asked before each token
     * @throws CancellationException stopped
     */
    public MatFormerSlice search(
            String name, ModelSlices costs, long budget, Consumer<MatFormerSlice> tried, BooleanSupplier stop) {
        try (Evaluator evaluator = new Evaluator(model)) {
            return new SliceSearch(costs, slice -> {
                        tried.accept(slice);
                        return questions.stream()
                                .mapToDouble(
                                        question -> inTurn(() -> evaluator.logLikelihood(question, slice, stop), stop))
                                .average()
                                .orElseThrow();
                    })
                    .find(name, budget);
        }
    }
}

package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates slices of the model that answers, between the chat's answers. Calls read files and compute: never on the UI thread. Every
 * failure that a person can mend is a {@link MatryoshkaException}.
 */
public interface Labs {
    /** Questions that ship with the model that answers; null where it has none, so that the person names a file. */
    @Nullable
    Path questions();

    /**
     * What is known from earlier runs; asks nothing.
     *
     * @param more slices besides those that have a name
     */
    LabReport known(Path questions, List<MatFormerSlice> more);

    /**
     * Asks what is not known yet, and keeps every score as it comes.
     *
     * @param again forgets first what is known
     * @param stop asked before each token
     * @return the slices that were asked everything
     */
    LabReport run(Path questions, List<MatFormerSlice> more, boolean again, Progress progress, BooleanSupplier stop);

    /**
     * Looks for the best slice within a budget.
     *
     * @throws CancellationException stopped
     */
    MatFormerSlice find(Path questions, Goal goal, Progress progress, BooleanSupplier stop);

    /** What a budget is of. */
    enum Unit {
        MEGABYTES,
        TOKENS_PER_SECOND
    }

    /** Megabytes of weights on the device at most, or tokens per second at least. */
    record Goal(double amount, Unit unit) {
        /** What a slice is called that is the best for it. */
        public String slice() {
            String number = BigDecimal.valueOf(amount).stripTrailingZeros().toPlainString();
            return "best for " + number + (unit == Unit.MEGABYTES ? " MB" : " tokens/s");
        }
    }

    /** Hears how far it is. */
    interface Progress {
        /**
         * Before a question is asked.
         *
         * @param done questions that are answered, of all slices together
         */
        void onQuestion(MatFormerSlice slice, int done, int total);

        /** What there is until now, after each slice. */
        void onSlice(LabReport soFar);

        /** Before a slice of so many bytes is tried. */
        void onTry(long deviceBytes);
    }

    /** Without a model. */
    static Labs none() {
        return new Labs() {
            @Override
            public @Nullable Path questions() {
                return null;
            }

            @Override
            public LabReport known(Path questions, List<MatFormerSlice> more) {
                return new LabReport(List.of());
            }

            @Override
            public LabReport run(
                    Path questions, List<MatFormerSlice> more, boolean again, Progress progress, BooleanSupplier stop) {
                return new LabReport(List.of());
            }

            @Override
            public MatFormerSlice find(Path questions, Goal goal, Progress progress, BooleanSupplier stop) {
                throw new CancellationException();
            }
        };
    }
}

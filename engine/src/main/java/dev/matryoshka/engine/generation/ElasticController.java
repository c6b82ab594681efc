package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.generation.SliceLadder.Rung;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses, token by token, the widest slice that keeps a speed on a machine whose speed changes. Time is taken to grow
 * with the weights that a token meets, so that what one slice took says what another would. It narrows soon, straight to
 * the slice that fits, and widens late, one step at a time and only with room to spare.
 */
public final class ElasticController implements SizeController {
    /** Tokens of which the median counts: one that hiccups changes nothing. */
    private static final int WINDOW = 5;

    /** Slower than the target by this much is too slow. */
    private static final double TOLERANCE = 1.05;

    /** Tokens in a row that have to be too slow. */
    private static final int NARROW_AFTER = 2;

    /** A wider slice has to be faster than the target by this much. */
    private static final double ROOM = 0.9;

    /** Tokens in a row that have to leave that room. */
    private static final int WIDEN_AFTER = 8;

    private final List<Rung> rungs;
    private final double secondsAllowed;
    private int at;
    private final Deque<Double> secondsPerCost = new ArrayDeque<>();
    private double estimate;
    private boolean changed = true;
    private int slow;
    private int roomy;

    /**
     * @param widest never exceeded; where it begins
     * @param tokensPerSecond what to keep
     * @param exact whether keys and values have to stay exact, which leaves less to give up
     */
    public ElasticController(TextConfig config, MatFormerSlice widest, double tokensPerSecond, boolean exact) {
        this(SliceLadder.below(widest, config, exact), tokensPerSecond);
    }

    ElasticController(List<Rung> rungs, double tokensPerSecond) {
        this.rungs = rungs;
        secondsAllowed = 1 / tokensPerSecond;
    }

    @Override
    public MatFormerSlice slice() {
        return rungs.get(at).slice();
    }

    @Override
    public @Nullable MatFormerSlice afterToken(double seconds) {
        if (changed) { // the first one after a change paid for it
            changed = false;
            return null;
        }
        secondsPerCost.add(seconds / rungs.get(at).cost());
        if (secondsPerCost.size() > WINDOW) {
            secondsPerCost.remove();
        }
        double[] sorted =
                secondsPerCost.stream().mapToDouble(each -> each).sorted().toArray();
        estimate = sorted[sorted.length / 2];
        slow = fits(at, TOLERANCE) ? 0 : slow + 1;
        roomy = at > 0 && fits(at - 1, ROOM) ? roomy + 1 : 0;
        if (slow >= NARROW_AFTER && at < rungs.size() - 1) {
            int to = at + 1;
            while (to < rungs.size() - 1 && !fits(to, 1)) {
                to++;
            }
            return move(to);
        }
        return roomy >= WIDEN_AFTER ? move(at - 1) : null;
    }

    private boolean fits(int rung, double share) {
        return estimate * rungs.get(rung).cost() <= share * secondsAllowed;
    }

    private MatFormerSlice move(int to) {
        at = to;
        slow = 0;
        roomy = 0;
        changed = true;
        return slice();
    }
}

package dev.matryoshka.app.lab;

import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidSliceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/**
 * Looks for the best slice that takes no more than some bytes. From the whole model on, the layer is narrowed that gives up the least
 * quality for its bytes (greedy; costs that may have changed are looked at again only when they come up: Minoux, "Accelerated
 * greedy algorithms", 1978); then widths are exchanged between layers as long as that helps. No layer gets under half of its width, where
 * the smallest published models end.
 */
public final class SliceSearch {
    private static final int PARTS = 4; // of the way from half to whole

    private final ModelSlices costs;
    private final ToDoubleFunction<MatFormerSlice> quality;
    private final List<Integer> most;

    /**
     * A layer that could be narrower.
     *
     * @param cost quality that a byte gives up
     * @param quality of the slice with it
     * @param step of the search at which that was true
     */
    private record Candidate(int layer, double cost, double quality, int step) {}

    /** @param quality higher is better; asked once for each slice that is tried */
    public SliceSearch(ModelSlices costs, ToDoubleFunction<MatFormerSlice> quality) {
        this.costs = costs;
        this.quality = quality;
        most = MatFormerSlice.whole(costs.config()).ffn();
    }

    /**
     * Searches.
     *
     * @param name of the slice that is found
     * @param budget bytes of weights on the device
     * @throws InvalidSliceException no slice is that small
     */
    public MatFormerSlice find(String name, long budget) {
        MatFormerSlice slice =
                new MatFormerSlice(name, MatFormerSlice.whole(costs.config()).skip(), most);
        return exchanged(narrowed(slice, budget), budget);
    }

    private MatFormerSlice narrowed(MatFormerSlice slice, long budget) {
        double now = quality.applyAsDouble(slice);
        PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingDouble(Candidate::cost));
        for (int layer = 0; layer < most.size(); layer++) {
            queue.add(new Candidate(layer, Double.NEGATIVE_INFINITY, 0, -1)); // not looked at yet
        }
        for (int step = 0; bytes(slice) > budget; ) {
            Candidate next = queue.poll();
            if (next == null) {
                throw new InvalidSliceException(
                        String.format(
                                Locale.ROOT,
                                "no slice takes %.1f MB or less, the smallest takes %.1f",
                                budget / 1e6,
                                bytes(slice) / 1e6),
                        "allow more");
            }
            MatFormerSlice narrower = moved(slice, next.layer(), -1);
            if (narrower.equals(slice)) {
                continue; // it can't be any narrower
            }
            if (next.step() == step) {
                slice = narrower;
                now = next.quality();
                step++;
                queue.add(next);
            } else {
                double then = quality.applyAsDouble(narrower);
                double cost = (now - then) / (bytes(slice) - bytes(narrower));
                queue.add(new Candidate(next.layer(), cost, then, step));
            }
        }
        return slice;
    }

    /** A part from one layer to another, the first that helps, until none does. */
    private MatFormerSlice exchanged(MatFormerSlice slice, long budget) {
        double now = quality.applyAsDouble(slice);
        for (int from = 0; from < most.size(); from++) {
            for (int to : List.of(from + 1, from - 1, from + most.size() / 2, from - most.size() / 2)) {
                if (to < 0 || to >= most.size()) {
                    continue;
                }
                MatFormerSlice other = moved(moved(slice, from, -1), to, 1);
                boolean both = !other.ffn().get(from).equals(slice.ffn().get(from))
                        && !other.ffn().get(to).equals(slice.ffn().get(to));
                if (both && bytes(other) <= budget) {
                    double better = quality.applyAsDouble(other);
                    if (better > now) {
                        slice = other;
                        now = better;
                    }
                }
            }
        }
        return slice;
    }

    /** A layer wider or narrower by one part, within its bounds. */
    private MatFormerSlice moved(MatFormerSlice slice, int layer, int parts) {
        int whole = most.get(layer);
        int step = MatFormerSlice.step(whole);
        int half = (whole / 2 + step - 1) / step * step;
        int part = Math.max(step, (whole - half) / PARTS / step * step);
        List<Integer> widths = new ArrayList<>(slice.ffn());
        widths.set(layer, Math.clamp(widths.get(layer) + parts * part, half, whole));
        return new MatFormerSlice(slice.name(), slice.skip(), widths);
    }

    private long bytes(MatFormerSlice slice) {
        return costs.custom(slice).deviceBytes();
    }
}

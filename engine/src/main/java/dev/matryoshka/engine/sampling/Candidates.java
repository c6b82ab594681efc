package dev.matryoshka.engine.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Tokens still in the running, likeliest first where they come from logits, with their probabilities. */
final class Candidates {
    private final int[] ids;
    private final double[] probabilities;
    private int count;

    private Candidates(int[] ids, double[] probabilities) {
        this.ids = ids;
        this.probabilities = probabilities;
        count = ids.length;
        normalise();
    }

    /** One token for certain. */
    static Candidates only(int id) {
        return new Candidates(new int[] {id}, new double[] {1});
    }

    /** The {@code topK} likeliest (0 for all) after temperature; ties go to the lower id. */
    static Candidates of(Scores.Largest found, int topK, float temperature) {
        float[] logits = found.logits();
        Comparator<Integer> byLogit = (a, b) -> Float.compare(logits[b], logits[a]);
        Comparator<Integer> order = byLogit.thenComparing(Comparator.naturalOrder());
        int[] places = topK == 0 || topK >= logits.length
                ? IntStream.range(0, logits.length)
                        .boxed()
                        .sorted(order)
                        .mapToInt(i -> i)
                        .toArray()
                : likeliest(logits, topK, order);
        double max = logits[places[0]];
        double[] weights = IntStream.of(places)
                .mapToDouble(i -> Math.exp((logits[i] - max) / temperature))
                .toArray();
        return new Candidates(IntStream.of(places).map(i -> found.ids()[i]).toArray(), weights);
    }

    private static int[] likeliest(float[] logits, int k, Comparator<Integer> order) {
        PriorityQueue<Integer> best = new PriorityQueue<>(k + 1, order.reversed());
        float bar = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < logits.length; id++) {
            if (best.size() == k && logits[id] <= bar) {
                continue;
            }
            best.add(id);
            if (best.size() > k) {
                best.remove();
            }
            bar = logits[best.element()];
        }
        return best.stream().sorted(order).mapToInt(i -> i).toArray();
    }

    /** {@code TopPLogitsWarper}: the smallest set whose probability reaches p, never empty. */
    void keepTopP(float p) {
        double sum = 0;
        int kept = 0;
        while (kept < count && sum < p) {
            sum += probabilities[kept++];
        }
        keep(kept);
    }

    /** {@code MinPLogitsWarper}: those with at least p times the likeliest one's probability. */
    void keepMinP(float p) {
        int kept = 1;
        while (kept < count && probabilities[kept] >= p * probabilities[0]) {
            kept++;
        }
        keep(kept);
    }

    /** The token at a point of the distribution, {@code at} in [0, 1). */
    int draw(double at) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += probabilities[i];
            if (at < sum) {
                return ids[i];
            }
        }
        return ids[count - 1];
    }

    /** What a token is drawn with, 0 where it is not in the running. */
    double probability(int id) {
        for (int i = 0; i < count; i++) {
            if (ids[i] == id) {
                return probabilities[i];
            }
        }
        return 0;
    }

    /** {@code norm(max(0, p - q))}: where another distribution gives less than this one. */
    Candidates minus(Candidates other) {
        Map<Integer, Double> q = HashMap.newHashMap(other.count);
        for (int i = 0; i < other.count; i++) {
            q.put(other.ids[i], other.probabilities[i]);
        }
        double[] more = IntStream.range(0, count)
                .mapToDouble(i -> Math.max(0, probabilities[i] - q.getOrDefault(ids[i], 0.0)))
                .toArray();
        boolean same = Arrays.stream(more).sum() == 0; // but for rounding
        return same ? this : new Candidates(Arrays.copyOf(ids, count), more);
    }

    private void keep(int kept) {
        count = Math.max(1, kept);
        normalise();
    }

    private void normalise() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += probabilities[i];
        }
        for (int i = 0; i < count; i++) {
            probabilities[i] /= sum;
        }
    }
}

package dev.matryoshka.app;

import dev.matryoshka.engine.StoredMatrix;
import dev.matryoshka.engine.weights.DType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a person is told of the matrices in a file that was written. */
record StoredMatrices(List<StoredMatrix> matrices) {
    /** One line each: name, types, root mean square of what was lost in parts of that of the values, largest error. */
    String table() {
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, "%-36s %-5s %-5s %9s %10s%n", "matrix", "from", "to", "lost", "at most"));
        for (StoredMatrix m : matrices) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-36s %-5s %-5s %8.3f%% %10.3g%n",
                    m.name(),
                    name(m.from()),
                    name(m.type()),
                    100 * m.relativeError(),
                    m.largestError()));
        }
        return out.toString();
    }

    /** A line for each type that some matrices could not have. */
    List<String> otherThanWanted() {
        Map<String, Long> counts = matrices.stream()
                .filter(m -> m.type() != m.wanted())
                .collect(Collectors.groupingBy(
                        m -> String.format(
                                Locale.ROOT,
                                "stored as %s: rows are no multiple of %d, as %s needs",
                                name(m.type()),
                                m.wanted().blockElements(),
                                name(m.wanted())),
                        TreeMap::new,
                        Collectors.counting()));
        return counts.entrySet().stream()
                .map(e -> e.getValue() + (e.getValue() == 1 ? " matrix is " : " matrices are ") + e.getKey())
                .toList();
    }

    private static String name(DType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}

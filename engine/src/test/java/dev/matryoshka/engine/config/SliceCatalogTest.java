package dev.matryoshka.engine.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.SliceCatalog.Entry;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import dev.matryoshka.engine.error.InvalidSliceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slices by name, by share, from files; which are impossible; which share keys and values. */
class SliceCatalogTest {
    private static final TextConfig E4B = PublishedModels.textOnly("E4B").text();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void publishedSlices() {
        SliceCatalog catalog = new SliceCatalog(E4B, null);
        assertEquals(Set.of(20, 21, 22, 23, 24), catalog.find("E2B").skip());
        assertEquals(8192, catalog.find("e2b").ffn().get(34));
        assertEquals(catalog.find("whole").ffn(), catalog.find("E4B").ffn());
        assertEquals("E2.49-block", catalog.find("E2.49").name());
        List<Entry> published = catalog.entries().stream()
                .filter(e -> e.origin() == Origin.PUBLISHED)
                .toList();
        assertEquals(16, published.size());
        published.forEach(e -> e.slice().check(E4B));
        InvalidSliceException e = assertThrows(InvalidSliceException.class, () -> catalog.find("E2.98"));
        assertTrue(e.remedy().contains("E2.98-layer, "), e.remedy());
        assertEquals(
                List.of("whole", "half"),
                new SliceCatalog(PublishedModels.textOnly("E2B").text(), folder.resolve("none"))
                        .entries().stream().map(entry -> entry.slice().name()).toList());
    }

    /** The pairs that the model's makers' design makes interchangeable, as its facts list them. */
    @Test
    void keysAndValuesThatAreShared() {
        List<Entry> published = new SliceCatalog(E4B, null)
                .entries().stream().filter(e -> e.origin() == Origin.PUBLISHED).toList();
        Set<Set<String>> exact = new HashSet<>();
        for (Entry a : published) {
            for (Entry b : published) {
                KvReuse reuse = a.slice().reuse(b.slice(), E4B);
                assertEquals(reuse, b.slice().reuse(a.slice(), E4B));
                if (!a.equals(b) && reuse == KvReuse.EXACT) {
                    exact.add(Set.of(a.slice().name(), b.slice().name()));
                }
            }
        }
        assertEquals(
                Set.of(
                        Set.of("E2B", "E2.49-block"),
                        Set.of("E1.96-layer", "E2.54-layer"),
                        Set.of("E2.73-block", "E2.98-layer"),
                        Set.of("E2.98-block", "E3.24-block"),
                        Set.of("E3.18-layer", "E3.39-layer"),
                        Set.of("E3.49-block", "E3.79-block"),
                        Set.of("E3.59-layer", "E3.79-layer")),
                exact);
    }

    @Test
    void whatMakesKeysAndValuesDiffer() {
        MatFormerSlice whole = MatFormerSlice.whole(E4B);
        assertEquals(KvReuse.APPROXIMATE, whole.reuse(narrowed(18), E4B));
        assertEquals(KvReuse.EXACT, whole.reuse(narrowed(19), E4B));
        assertEquals(KvReuse.EXACT, skipping(20, 34).reuse(whole, E4B));
        assertEquals(KvReuse.APPROXIMATE, skipping(3).reuse(whole, E4B));
        assertEquals(KvReuse.NONE, whole.reuse(skipping(3), E4B));
        assertEquals(KvReuse.EXACT, skipping(3).reuse(skipping(3, 20), E4B));
    }

    private static MatFormerSlice narrowed(int layer) {
        List<Integer> ffn = new ArrayList<>(E4B.intermediateSize());
        ffn.set(layer, 8192);
        return new MatFormerSlice("narrowed", Set.of(), ffn);
    }

    private static MatFormerSlice skipping(Integer... layers) {
        return new MatFormerSlice("skipping", Set.of(layers), E4B.intermediateSize());
    }

    @ParameterizedTest
    @CsvSource({"0.75, 12288", "0.501, 8192", "1, 16384", "0.001, 256"})
    void sharesComeInSteps(String share, int width) {
        MatFormerSlice slice = new SliceCatalog(E4B, null).find(share);
        assertEquals(Collections.nCopies(35, width), slice.ffn());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'skip':[18]}|no 'ffn'",
                "{'ffn':[16384]}|1 widths for 35",
                "{'skip':[18],'ffn':ALL}|keys and values",
                "{'skip':[19],'ffn':ALL}|keys and values",
                "{'skip':[35],'ffn':ALL}|hasn't got",
                "{'ffn':WIDE}|wants width 16385",
            })
    void impossibleSlices(String json, String complaint) throws IOException {
        Path file = folder.resolve("slice.json");
        String all = Collections.nCopies(35, 16_384).toString();
        String wide = Collections.nCopies(35, 16_385).toString();
        Files.writeString(file, json.replace('\'', '"').replace("ALL", all).replace("WIDE", wide));
        InvalidSliceException e =
                assertThrows(InvalidSliceException.class, () -> new SliceCatalog(E4B, null).find(file.toString()));
        assertTrue(e.problem().contains(complaint), e.problem());
    }

    @ParameterizedTest
    @CsvSource({"0", "1.5", "0.5.5", "E9", "'a\u0000b'"})
    void noSlice(String name) {
        assertThrows(InvalidSliceException.class, () -> new SliceCatalog(E4B, folder).find(name));
    }

    @Test
    void savedSlices() throws IOException {
        SliceCatalog catalog = new SliceCatalog(E4B, folder.resolve("slices"));
        MatFormerSlice mine = new MatFormerSlice("mine", Set.of(34, 21), Collections.nCopies(35, 512));
        catalog.save(mine);
        assertEquals(mine, catalog.find("mine"));
        assertEquals(mine, catalog.entries().getLast().slice());
        assertThrows(
                InvalidSliceException.class,
                () -> catalog.save(new MatFormerSlice("e2b", Set.of(), E4B.intermediateSize())));
        assertThrows(
                InvalidSliceException.class,
                () -> catalog.save(new MatFormerSlice("../e", Set.of(), E4B.intermediateSize())));

        Files.writeString(folder.resolve("slices/broken.json"), "{");
        SliceCatalog other = new SliceCatalog(PublishedModels.textOnly("E2B").text(), folder.resolve("slices"));
        assertEquals(2, other.entries().size());
        InvalidSliceException e = assertThrows(InvalidSliceException.class, () -> other.find("mine"));
        assertTrue(e.problem().contains("35 widths for 30 layers"), e.problem());
    }
}

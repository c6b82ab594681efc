package dev.matryoshka.engine.config;

import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.error.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The slices of a model by name: {@code whole} and {@code half}, the published ones that fit its shape, and those that
 * its user saved.
 *
 * @param config the model
 * @param saved folder of saved slices, which need not be there; null for none
 */
public record SliceCatalog(TextConfig config, @Nullable Path saved) {
    /** Where a slice comes from. */
    public enum Origin {
        BUILT_IN,
        PUBLISHED,
        SAVED,
        /** In no catalogue: made by hand, or between two others. */
        CUSTOM
    }

    /**
     * A slice that the model can run.
     *
     * @param mmlu published score of the pretrained model in percent; null where there is none
     */
    public record Entry(
            MatFormerSlice slice, Origin origin, @Nullable Double mmlu) {}

    /** All of them; saved ones of other shapes and damaged files are left out. */
    public List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        all.add(new Entry(MatFormerSlice.whole(config), Origin.BUILT_IN, null));
        all.add(new Entry(MatFormerSlice.uniform("half", config, 0.5), Origin.BUILT_IN, null));
        PublishedSlices.of(config).forEach(p -> all.add(new Entry(p.slice(), Origin.PUBLISHED, p.mmlu())));
        if (saved != null) {
            SliceFiles.in(saved).stream()
                    .flatMap(file -> fitting(file).stream())
                    .forEach(slice -> all.add(new Entry(slice, Origin.SAVED, null)));
        }
        return List.copyOf(all);
    }

    private Optional<MatFormerSlice> fitting(Path file) {
        try {
            MatFormerSlice slice = SliceFiles.read(file);
            slice.check(config);
            return Optional.of(slice);
        } catch (InvalidSliceException | ModelFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Finds a slice and checks that the model can run it.
     *
     * @param wanted a name of {@link #entries} in any case ({@code E2.49} is enough where one name starts so), a share
     *     of every layer ({@code 0.75}), or a JSON file {@code {"skip": [layers], "ffn": [width per original layer]}}
     * @throws InvalidSliceException there is none of that name, or it does not fit the model
     */
    public MatFormerSlice find(String wanted) {
        MatFormerSlice slice = named(wanted)
                .or(() -> fraction(wanted))
                .or(() -> file(wanted))
                .orElseThrow(() -> new InvalidSliceException(
                        "there is no slice '" + wanted + "' for this model",
                        "use one of " + names()
                                + ", a share of each layer such as 0.75, or a JSON file with skip and ffn"));
        slice.check(config);
        return slice;
    }

    /**
     * Saves a slice under its name.
     *
     * @return the file
     * @throws InvalidSliceException the model can't run it, the name is taken or no plain word, or it can't be written
     */
    public Path save(MatFormerSlice slice) {
        slice.check(config);
        String name = slice.name();
        if (saved == null) {
            throw new IllegalStateException("no folder for saved slices");
        }
        if (!name.matches("[A-Za-z][A-Za-z0-9._-]{0,63}")) {
            throw new InvalidSliceException(
                    "a slice can't be called '" + name + "'", "use a letter, then letters, digits, dots and dashes");
        }
        boolean taken = entries().stream()
                .anyMatch(e -> e.origin() != Origin.SAVED && e.slice().name().equalsIgnoreCase(name));
        if (taken) {
            throw new InvalidSliceException("the name " + name + " is taken", "choose another");
        }
        return SliceFiles.write(slice, saved);
    }

    private String names() {
        return entries().stream().map(e -> e.slice().name()).collect(Collectors.joining(", "));
    }

    private Optional<MatFormerSlice> named(String wanted) {
        List<MatFormerSlice> all = entries().stream().map(Entry::slice).toList();
        List<MatFormerSlice> begun = all.stream()
                .filter(slice -> slice.name().regionMatches(true, 0, wanted + "-", 0, wanted.length() + 1))
                .toList();
        return all.stream()
                .filter(slice -> slice.name().equalsIgnoreCase(wanted))
                .findFirst()
                .or(() -> begun.size() == 1 ? Optional.of(begun.getFirst()) : Optional.empty());
    }

    private Optional<MatFormerSlice> fraction(String wanted) {
        try {
            return wanted.matches("[0-9.]+")
                    ? Optional.of(MatFormerSlice.uniform(wanted, config, Double.parseDouble(wanted)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whatever lies there, and what was saved under that name for a model of another shape, to say why it can't be used. */
    private Optional<MatFormerSlice> file(String wanted) {
        List<Path> places = new ArrayList<>();
        try {
            places.add(Path.of(wanted));
            if (saved != null) {
                places.add(SliceFiles.file(saved, wanted));
            }
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        return places.stream().filter(Files::isRegularFile).findFirst().map(SliceFiles::read);
    }
}

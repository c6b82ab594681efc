package dev.matryoshka.ui.models;

import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.models.ModelEntry.Origin;
import dev.matryoshka.ui.settings.Settings.Engine;
import dev.matryoshka.ui.settings.SettingsViewModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/** Which models and devices there are, and which one answers; no nodes. Used on the UI thread. */
public final class ModelsViewModel {
    private final Models models;
    private final Switch chat;
    private final SettingsViewModel settings;
    private final Executor uiThread;
    private final Executor background;
    private final ObservableList<Row> rows = FXCollections.observableArrayList();
    private final ReadOnlyObjectWrapper<ModelChoice> choice;
    private final ReadOnlyBooleanWrapper loading = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable Fetch> fetch = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable Survey> devices = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyBooleanWrapper measuring = new ReadOnlyBooleanWrapper();
    private final StringProperty token = new SimpleStringProperty("");
    private int refreshed; // how often: what an earlier one still finds is not heard

    /** What changes the model of the chat. */
    @FunctionalInterface
    public interface Switch {
        /**
         * Goes on with another model.
         *
         * @param then hears why the old one answers still; null where the new one does
         */
        void to(ModelChoice wanted, Consumer<@Nullable MatryoshkaException> then);
    }

    /** A model, and what it takes on the device once that is known. */
    public static final class Row {
        private final ModelEntry entry;
        private final ReadOnlyObjectWrapper<@Nullable ModelDetails> details = new ReadOnlyObjectWrapper<>();
        private final ReadOnlyObjectWrapper<@Nullable String> problem;

        Row(ModelEntry entry) {
            this.entry = entry;
            problem = new ReadOnlyObjectWrapper<>(entry.problem());
        }

        public ModelEntry entry() {
            return entry;
        }

        /** Null until it is known, and where there is a problem with its files. */
        public ReadOnlyObjectProperty<@Nullable ModelDetails> detailsProperty() {
            return details.getReadOnlyProperty();
        }

        /** Why it can't be used on the device; null where nothing speaks against it. */
        public ReadOnlyObjectProperty<@Nullable String> problemProperty() {
            return problem.getReadOnlyProperty();
        }
    }

    /**
     * @param first what answers or is being loaded
     * @param uiThread runs changes of state
     * @param background reads files, measures, fetches
     */
    public ModelsViewModel(
            Models models,
            ModelChoice first,
            Switch chat,
            SettingsViewModel settings,
            Executor uiThread,
            Executor background) {
        this.models = models;
        this.chat = chat;
        this.settings = settings;
        this.uiThread = uiThread;
        this.background = background;
        choice = new ReadOnlyObjectWrapper<>(first);
    }

    /** The models there are, as last looked. */
    public ObservableList<Row> rows() {
        return rows;
    }

    /** What answers, or is being loaded. */
    public ReadOnlyObjectProperty<ModelChoice> choiceProperty() {
        return choice.getReadOnlyProperty();
    }

    /** Whether another model is being loaded. */
    public ReadOnlyBooleanProperty loadingProperty() {
        return loading.getReadOnlyProperty();
    }

    /** Why the last wish could not be met; null where it was. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** The model that is being fetched, or was until it was stopped; null where none is. */
    public ReadOnlyObjectProperty<@Nullable Fetch> fetchProperty() {
        return fetch.getReadOnlyProperty();
    }

    /** Of the person's account at the hub, for models that ask for one; kept nowhere. */
    public StringProperty tokenProperty() {
        return token;
    }

    /** The devices as last looked; null before. */
    public ReadOnlyObjectProperty<@Nullable Survey> devicesProperty() {
        return devices.getReadOnlyProperty();
    }

    /** Whether devices are being measured. */
    public ReadOnlyBooleanProperty measuringProperty() {
        return measuring.getReadOnlyProperty();
    }

    /** Looks for models and devices anew. */
    public void refresh() {
        int now = ++refreshed;
        List<String> places = places();
        String device = choice.get().device();
        background(() -> models.list(places), found -> {
            if (now == refreshed) {
                rows.setAll(found.stream().map(Row::new).toList());
                look(List.copyOf(rows).iterator(), device, now);
            }
        });
        if (devices.get() == null) {
            background(() -> models.devices(false), devices::set);
        }
    }

    /** What the person added, and what answers where that is a path that nobody added. */
    private List<String> places() {
        SequencedSet<String> places = new LinkedHashSet<>(engine().added());
        String model = choice.get().model();
        if (Path.of(model).isAbsolute()
                && places.stream().noneMatch(place -> Path.of(model).startsWith(place))) {
            places.add(model);
        }
        return List.copyOf(places);
    }

    /** One after the other: each opens the device. */
    private void look(Iterator<Row> left, String device, int now) {
        if (now != refreshed || !left.hasNext()) {
            return;
        }
        Row row = left.next();
        if (row.entry().problem() != null) {
            look(left, device, now);
            return;
        }
        background(
                () -> models.details(row.entry(), device),
                details -> {
                    row.details.set(details);
                    row.problem.set(details.problem());
                    look(left, device, now);
                },
                failure -> {
                    row.problem.set(failure.getMessage());
                    look(left, device, now);
                });
    }

    /** Measures every device. */
    public void measure() {
        if (!measuring.get()) {
            measuring.set(true);
            background(
                    () -> models.devices(true),
                    survey -> {
                        measuring.set(false);
                        devices.set(survey);
                    },
                    failure -> {
                        measuring.set(false);
                        problem.set(failure);
                    });
        }
    }

    /** Goes on with another model on the same device. */
    public void use(ModelEntry entry) {
        use(new ModelChoice(entry.id(), choice.get().device()));
    }

    /** Goes on with the same model on another device. */
    public void use(String device) {
        use(choice.get().on(device));
    }

    private void use(ModelChoice wanted) {
        ModelChoice before = choice.get();
        if (loading.get() || wanted.equals(before)) {
            return;
        }
        problem.set(null);
        loading.set(true);
        choice.set(wanted);
        chat.to(wanted, failure -> {
            loading.set(false);
            if (failure == null) {
                change(engine -> new Engine(wanted.model(), wanted.device(), engine.added()));
            } else {
                choice.set(before);
                problem.set(failure);
            }
            refresh();
        });
    }

    /** Adds folders and files of the person's own. */
    public void add(List<Path> places) {
        problem.set(null);
        for (Path place : places) {
            background(() -> models.look(place), found -> {
                change(engine -> {
                    SequencedSet<String> added = new LinkedHashSet<>(engine.added());
                    added.add(place.toAbsolutePath().normalize().toString());
                    return new Engine(engine.model(), engine.device(), List.copyOf(added));
                });
                refresh();
            });
        }
    }

    /** Deletes a model that was fetched; of one that the person added only the note of it. */
    public void remove(ModelEntry entry) {
        problem.set(null);
        if (entry.origin() == Origin.ADDED) {
            change(engine -> {
                List<String> added = new ArrayList<>(engine.added());
                added.remove(entry.place().toString());
                return new Engine(engine.model(), engine.device(), added);
            });
            refresh();
        } else {
            background(
                    () -> {
                        models.remove(entry);
                        return entry;
                    },
                    removed -> refresh());
        }
    }

    /** Fetches a model, or goes on with one that was stopped. */
    public void fetch(String id) {
        Fetch running = fetch.get();
        if (running != null && running.runningProperty().get() || id.isBlank()) {
            return;
        }
        problem.set(null);
        String account = token.get();
        Fetch fresh = new Fetch(id.strip(), uiThread);
        fetch.set(fresh);
        background(
                () -> {
                    models.fetch(fresh.id(), account, fresh::heard, fresh::stopWanted);
                    return fresh;
                },
                whole -> {
                    fetch.set(null);
                    refresh();
                },
                failure -> {
                    fresh.end();
                    problem.set(fresh.stopWanted() ? null : failure);
                    refresh();
                });
    }

    private Engine engine() {
        return settings.settingsProperty().get().engine();
    }

    private void change(Function<Engine, Engine> change) {
        settings.change(s -> s.withEngine(change.apply(s.engine())));
    }

    private <T> void background(Supplier<T> work, Consumer<T> then) {
        background(work, then, problem::set);
    }

    private <T> void background(Supplier<T> work, Consumer<T> then, Consumer<MatryoshkaException> otherwise) {
        CompletionStage<T> done = CompletableFuture.supplyAsync(work, background);
        done.whenCompleteAsync(
                (result, failure) -> {
                    if (failure == null) {
                        then.accept(result);
                    } else {
                        otherwise.accept(known(failure));
                    }
                },
                uiThread);
    }

    private static MatryoshkaException known(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof MatryoshkaException known
                ? known
                : new InvalidRequestException("unexpected " + cause, "please report it", cause);
    }
}

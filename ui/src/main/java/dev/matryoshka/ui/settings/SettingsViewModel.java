package dev.matryoshka.ui.settings;

import dev.matryoshka.engine.error.MatryoshkaException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.jspecify.annotations.Nullable;

/** The settings in force; each change is kept at once. No nodes. Used on the UI thread. */
public final class SettingsViewModel {
    private final SettingsStore store;
    private final Executor uiThread;
    private final Executor background;
    private final ReadOnlyObjectWrapper<Settings> settings;
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem;
    private volatile Settings latest;

    /**
     * @param uiThread runs changes of state
     * @param background writes
     */
    public SettingsViewModel(SettingsStore store, Executor uiThread, Executor background) {
        this.store = store;
        this.uiThread = uiThread;
        this.background = background;
        latest = store.settings();
        settings = new ReadOnlyObjectWrapper<>(latest);
        problem = new ReadOnlyObjectWrapper<>(store.problem());
    }

    /** Those in force. */
    public ReadOnlyObjectProperty<Settings> settingsProperty() {
        return settings.getReadOnlyProperty();
    }

    /** Why they could not be read or kept; null where they could. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** Changes something. */
    public void change(UnaryOperator<Settings> change) {
        Settings changed = change.apply(settings.get());
        if (!changed.equals(settings.get())) {
            latest = changed;
            settings.set(changed);
            background.execute(this::keep);
        }
    }

    /** One at a time and always the latest, whatever order the threads come in. */
    private void keep() {
        try {
            synchronized (store) {
                store.save(latest);
            }
        } catch (MatryoshkaException e) {
            uiThread.execute(() -> problem.set(e));
        }
    }

    /** Changes something and has it kept before it returns: the program ends. */
    public void changeLast(UnaryOperator<Settings> change) {
        latest = change.apply(settings.get());
        keep();
    }
}

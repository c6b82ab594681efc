package dev.matryoshka.ui.size;

import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.ui.Assistant;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.jspecify.annotations.Nullable;

/** What the loaded model holds, and the budget of its per-layer rows; no nodes. Used on the UI thread. */
public final class MemoryViewModel {
    private final Assistant assistant;
    private final Executor uiThread;
    private final Executor background;
    private final ReadOnlyObjectWrapper<@Nullable MemoryUse> use = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable Long> chosenBudget = new ReadOnlyObjectWrapper<>();
    private boolean asking;
    private boolean askAgain;

    /**
     * @param uiThread runs changes of state
     * @param background asks the model, which counts pages
     */
    public MemoryViewModel(Assistant assistant, Executor uiThread, Executor background) {
        this.assistant = assistant;
        this.uiThread = uiThread;
        this.background = background;
    }

    /** As last heard; null before. */
    public ReadOnlyObjectProperty<@Nullable MemoryUse> useProperty() {
        return use.getReadOnlyProperty();
    }

    /** Asks anew, once however often it is called meanwhile. The model is loaded. */
    public void refresh() {
        askAgain = asking;
        if (!asking) {
            asking = true;
            background.execute(() -> {
                MemoryUse now = assistant.memory();
                uiThread.execute(() -> heard(now));
            });
        }
    }

    private void heard(MemoryUse now) {
        use.set(now);
        asking = false;
        if (askAgain) {
            refresh();
        }
    }

    /** The budget that was chosen last; null before one was. */
    public ReadOnlyObjectProperty<@Nullable Long> chosenBudgetProperty() {
        return chosenBudget.getReadOnlyProperty();
    }

    /** Changes how much of the model its device keeps. */
    public void resident(MatFormerSlice most) {
        background.execute(() -> {
            assistant.resident(most);
            uiThread.execute(this::refresh);
        });
    }

    /** Changes what the cache of per-layer rows may hold. */
    public void budget(long bytes) {
        chosenBudget.set(bytes);
        background.execute(() -> {
            assistant.budgetPerLayerCache(bytes);
            uiThread.execute(this::refresh);
        });
    }
}

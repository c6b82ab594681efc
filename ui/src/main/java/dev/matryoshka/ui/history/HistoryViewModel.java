package dev.matryoshka.ui.history;

import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.attachment.Attachment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/**
 * The chats that are kept, and keeping the one that is open. Used on the UI thread; the history itself on a thread of its own, in the
 * order of calls. Where it fails, the chat goes on without it, and {@link #problemProperty} says why.
 */
public final class HistoryViewModel implements AutoCloseable {
    /** No chat, and no turn that is kept. */
    public static final long NONE = 0;

    private static final double WHOLE = 1e6; // seconds: sounds in one part
    private static final long BETWEEN_WRITES_MS = 500; // of a growing answer
    private static final long PATIENCE_SECONDS = 10;

    private final Executor uiThread;
    private final @Nullable ScheduledExecutorService writer;
    private final ObservableList<ChatSummary> chats = FXCollections.observableArrayList();
    private final ObservableList<ChatSummary> shown = FXCollections.unmodifiableObservableList(chats);
    private final StringProperty search = new SimpleStringProperty("");
    private final ReadOnlyLongWrapper current = new ReadOnlyLongWrapper(NONE);
    private final ReadOnlyObjectWrapper<@Nullable ChatSummary> deleted = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem = new ReadOnlyObjectWrapper<>();
    private final Map<Place, StoredAnswer> growing = new LinkedHashMap<>(); // the writer's own, like the history
    private @Nullable History history;

    /** Where an answer belongs. */
    private record Place(long turn, int place) {}

    /**
     * @param opener of the history, which may take a while
     * @param uiThread runs changes of state
     */
    public HistoryViewModel(Supplier<History> opener, Executor uiThread) {
        this.uiThread = uiThread;
        writer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("history").factory());
        writer.execute(() -> attempt(() -> history = opener.get()));
        refresh();
        search.addListener((property, before, now) -> refresh());
    }

    private HistoryViewModel() {
        uiThread = Runnable::run;
        writer = null;
    }

    /** Keeps nothing. */
    public static HistoryViewModel none() {
        return new HistoryViewModel();
    }

    /** Whether there is a history at all. */
    public boolean kept() {
        return writer != null;
    }

    /** Those that match the search. */
    public ObservableList<ChatSummary> chats() {
        return shown;
    }

    /** Words that chats are looked for by. */
    public StringProperty searchProperty() {
        return search;
    }

    /** The chat that is open, {@link #NONE} for one that has no question yet. */
    public ReadOnlyLongProperty currentProperty() {
        return current.getReadOnlyProperty();
    }

    /** The chat that was deleted last and may be brought back. */
    public ReadOnlyObjectProperty<@Nullable ChatSummary> deletedProperty() {
        return deleted.getReadOnlyProperty();
    }

    /** Why nothing is kept any more, null while all is well. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** Work with the history. */
    @FunctionalInterface
    private interface Work {
        void with(History history);
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (MatryoshkaException e) {
            uiThread.execute(() -> problem.set(e));
        } catch (RuntimeException | OutOfMemoryError e) { // what is written next may work again
            uiThread.execute(() ->
                    problem.set(new HistoryException("chats can't be kept: unexpected " + e, "please report it", e)));
        }
    }

    private void write(Work work) {
        if (writer != null) {
            writer.execute(() -> attempt(() -> {
                History open = history;
                if (open != null) {
                    work.with(open);
                }
            }));
        }
    }

    private void refresh() {
        String words = search.get();
        write(open -> {
            List<ChatSummary> found = open.chats(words);
            uiThread.execute(() -> {
                if (words.equals(search.get())) { // not overtaken by the next letter
                    chats.setAll(found);
                }
            });
        });
    }

    /**
     * Writes a question, in a chat of its own where none is open.
     *
     * @param title of a new chat
     * @param after the turn it follows, {@link #NONE} for none
     * @param then hears the turn's number once the question is on the disk; {@link #NONE} where it isn't kept
     */
    public void ask(
            String title, long after, String question, List<Attachment.Ready> attachments, Consumer<Long> then) {
        if (writer == null) {
            then.accept(NONE);
            return;
        }
        long chat = current.get();
        long[] asked = new long[2]; // chat, turn
        write(open -> {
            asked[0] = chat == NONE ? open.begin(title) : chat;
            asked[1] = open.ask(asked[0], after, question, attachments);
        });
        writer.execute(() -> uiThread.execute(() -> {
            if (current.get() == chat) { // nobody opened another meanwhile
                current.set(asked[0]);
            }
            then.accept(asked[1]);
        }));
        refresh();
    }

    /** Writes whether an attachment of a turn is kept in the model's view. */
    public void keep(long turn, int index, boolean kept) {
        if (turn != NONE) {
            write(open -> open.keep(turn, index, kept));
        }
    }

    /** Notes how far an answer is; writes it soon. */
    public void grow(long turn, int place, StoredAnswer answer) {
        if (writer != null && turn != NONE) {
            writer.execute(() -> {
                if (growing.put(new Place(turn, place), answer) == null) {
                    ScheduledFuture<?> _ =
                            writer.schedule(() -> attempt(this::writeGrown), BETWEEN_WRITES_MS, TimeUnit.MILLISECONDS);
                }
            });
        }
    }

    private void writeGrown() {
        Map<Place, StoredAnswer> grown = Map.copyOf(growing);
        growing.clear();
        History open = history;
        if (open != null) {
            grown.forEach((at, answer) -> open.grow(at.turn(), at.place(), answer.asked(), answer.text()));
        }
    }

    /** Writes a finished answer. */
    public void finish(long turn, int place, StoredAnswer answer) {
        if (turn != NONE) {
            write(open -> {
                growing.remove(new Place(turn, place));
                open.finish(turn, place, answer);
            });
        }
    }

    /**
     * Reads a chat, which is then the open one.
     *
     * @param audioSeconds longest sound that the model hears at once; may wait for the model
     */
    public void open(ChatSummary chat, DoubleSupplier audioSeconds, Consumer<List<StoredTurn>> then) {
        write(open -> {
            List<StoredTurn> turns = open.open(chat.id(), audioSeconds.getAsDouble());
            uiThread.execute(() -> {
                current.set(chat.id());
                then.accept(turns);
            });
        });
    }

    /** Writes a chat as Markdown; where that fails, {@link #problemProperty} says why. */
    public void export(ChatSummary chat, Path file) {
        write(open -> ChatExport.markdown(chat.title(), StoredTurn.latest(open.open(chat.id(), WHOLE)), file));
    }

    /** The next question begins a chat. */
    public void leave() {
        current.set(NONE);
    }

    /** Calls a chat otherwise; a blank title changes nothing. */
    public void rename(ChatSummary chat, String title) {
        if (!title.isBlank()) {
            write(open -> open.rename(chat.id(), title.strip()));
            refresh();
        }
    }

    /** Keeps a chat on top, or no longer. */
    public void pin(ChatSummary chat, boolean pinned) {
        write(open -> open.pin(chat.id(), pinned));
        refresh();
    }

    /** Deletes a chat; {@link #undo} brings it back. */
    public void delete(ChatSummary chat) {
        deleted.set(chat);
        write(open -> open.delete(chat.id()));
        refresh();
    }

    /** Brings back what was deleted last. */
    public void undo() {
        ChatSummary chat = deleted.get();
        if (chat != null) {
            deleted.set(null);
            write(open -> open.restore(chat.id()));
            refresh();
        }
    }

    /** Writes what is still to be written. */
    @Override
    public void close() {
        if (writer != null) {
            writer.execute(() -> attempt(this::writeGrown));
            write(History::close);
            writer.shutdown();
            try {
                if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    writer.shutdownNow();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

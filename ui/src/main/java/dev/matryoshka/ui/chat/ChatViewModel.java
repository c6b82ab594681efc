package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.ui.Assistant;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.AttachmentReader;
import dev.matryoshka.ui.attachment.ShownPicture;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredTurn;
import dev.matryoshka.ui.size.MemoryViewModel;
import dev.matryoshka.ui.size.SizeViewModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableSet;
import org.jspecify.annotations.Nullable;

/** The state of the chat and what can be done with it; no nodes. Used on the UI thread. */
public final class ChatViewModel {
    private static final String NEW_CHAT = "New chat";

    private final Assistant assistant;
    private final Executor uiThread;
    private final Executor background;
    private final ObservableList<Message> messages = FXCollections.observableArrayList();
    private final ObservableList<Attachment> attachments = FXCollections.observableArrayList();
    private final StringProperty draft = new SimpleStringProperty("");
    private final ReadOnlyBooleanWrapper answering = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<@Nullable ModelInfo> model = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> loadError = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyIntegerWrapper contextUsed = new ReadOnlyIntegerWrapper();
    private final ReadOnlyIntegerWrapper tail = new ReadOnlyIntegerWrapper();
    private final List<Message.Answering> running = new ArrayList<>();
    private final SizeViewModel size;
    private final HistoryViewModel history;
    private final ReadOnlyStringWrapper title = new ReadOnlyStringWrapper(NEW_CHAT);
    private final Map<Message.Answering, Slot> slots = new HashMap<>(); // of those that run
    private int outOfView; // turns, as far as it was said
    private final ObservableSet<Attachment.Ready> kept = FXCollections.observableSet();
    private final ReadOnlyStringWrapper keptTooMuch = new ReadOnlyStringWrapper("");
    private boolean stopWanted; // of the question that is asked next
    private @Nullable Runnable afterAnswer; // what waits for the end of the answer that runs

    /** Where the history keeps an answer. */
    private record Slot(long turn, int place) {}

    private TurnTree tree = new TurnTree();
    private final IdentityHashMap<Message, TurnTree.Turn> turns = new IdentityHashMap<>(); // of what is in the thread
    private final ReadOnlyObjectWrapper<TurnTree.@Nullable Turn> editing = new ReadOnlyObjectWrapper<>();
    private final MemoryViewModel memory;

    /**
     * @param uiThread runs changes of state
     * @param background reads files
     */
    public ChatViewModel(Assistant assistant, HistoryViewModel history, Executor uiThread, Executor background) {
        this.history = history;
        this.assistant = assistant;
        this.uiThread = uiThread;
        this.background = background;
        size = new SizeViewModel(assistant, uiThread);
        memory = new MemoryViewModel(assistant, uiThread, background);
        awaitModel();
    }

    private void awaitModel() {
        assistant.model().thenCombine(assistant.slices(), Loaded::new).whenCompleteAsync(this::loaded, uiThread);
    }

    /** What is known once the model is there. */
    private record Loaded(ModelInfo info, ModelSlices slices) {}

    private void loaded(@Nullable Loaded loaded, @Nullable Throwable failure) {
        if (loaded != null) {
            size.load(loaded.slices());
            model.set(loaded.info());
        } else if (failure != null) {
            loadError.set(known(failure));
        }
    }

    /**
     * Goes on with another model or device; the answer that runs is stopped first, the chat stays.
     *
     * @param then hears why the old one answers still; null where the new one does
     */
    public void switchTo(ModelChoice wanted, Consumer<@Nullable MatryoshkaException> then) {
        if (answering.get()) {
            afterAnswer = () -> switchTo(wanted, then);
            stop();
            return;
        }
        model.set(null);
        loadError.set(null);
        size.unload();
        CompletionStage<ModelInfo> switched = assistant.switchTo(wanted);
        resumePath();
        awaitModel();
        switched.whenCompleteAsync((now, failure) -> then.accept(failure == null ? null : known(failure)), uiThread);
    }

    private static MatryoshkaException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MatryoshkaException e
                ? e
                : new InvalidRequestException("unexpected " + cause, "please report it", cause);
    }

    /** The size that answers. */
    public SizeViewModel size() {
        return size;
    }

    /** Earlier chats. */
    public HistoryViewModel history() {
        return history;
    }

    /** What the chat is called. */
    public ReadOnlyStringProperty titleProperty() {
        return title.getReadOnlyProperty();
    }

    /** What the model holds in memory. */
    public MemoryViewModel memory() {
        return memory;
    }

    public ObservableList<Message> messages() {
        return messages;
    }

    public ObservableList<Attachment> attachments() {
        return attachments;
    }

    public StringProperty draftProperty() {
        return draft;
    }

    public ReadOnlyBooleanProperty answeringProperty() {
        return answering.getReadOnlyProperty();
    }

    /** The loaded model, null until then. */
    public ReadOnlyObjectProperty<@Nullable ModelInfo> modelProperty() {
        return model.getReadOnlyProperty();
    }

    /** Why the model could not be loaded, null where it could. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> loadErrorProperty() {
        return loadError.getReadOnlyProperty();
    }

    /** Tokens in the conversation. */
    public ReadOnlyIntegerProperty contextUsedProperty() {
        return contextUsed.getReadOnlyProperty();
    }

    /** Changes whenever the running answer has grown. */
    public ReadOnlyIntegerProperty tailProperty() {
        return tail.getReadOnlyProperty();
    }

    /** Whether there is something to send and someone to answer. */
    public boolean canSend() {
        return model.get() != null
                && !answering.get()
                && attachments.stream().allMatch(a -> a instanceof Attachment.Ready)
                && !(draft.get().isBlank() && attachments.isEmpty());
    }

    /** Sends the draft with its attachments. */
    public void send() {
        SliceInfo inUse = size.inUseProperty().get();
        if (inUse == null || !canSend()) {
            return;
        }
        List<Attachment.Ready> sent = new ArrayList<>();
        attachments.forEach(a -> sent.add((Attachment.Ready) a));
        TurnTree.Turn edited = editing.get();
        String text = draft.get().strip();
        editing.set(null);
        if (edited == null) {
            ask(inUse, tree.last(), text, sent);
        } else {
            askBeside(inUse, edited, text, sent);
        }
        attachments.clear();
        draft.set("");
    }

    /** Asks in place of a turn, which stays as a version beside the new one. */
    private void askBeside(SliceInfo inUse, TurnTree.Turn turn, String text, List<Attachment.Ready> sent) {
        TurnTree.Turn before = turn.before();
        if (before != null) {
            leaveAfter(before);
            ask(inUse, before, text, sent);
        }
    }

    /** Takes what follows a turn out of the thread and out of the model's conversation. */
    private void leaveAfter(TurnTree.Turn turn) {
        List<TurnTree.Turn> path = tree.path();
        List<TurnTree.Turn> kept = path.subList(0, path.indexOf(turn) + 1); // none where it is the root
        outOfView = 0;
        messages.setAll(kept.stream().flatMap(t -> t.messages().stream()).toList());
        index();
        assistant.resume(tree.exchanges(turn), left -> {}); // the answer will say
    }

    private void ask(SliceInfo inUse, TurnTree.Turn before, String text, List<Attachment.Ready> sent) {
        Message.Asked question = new Message.Asked(text, List.copyOf(sent));
        if (messages.isEmpty() && history.currentProperty().get() == HistoryViewModel.NONE) {
            title.set(question.title());
        }
        Message.Answering answer = new Message.Answering(inUse.slice().name());
        SliceInfo other = size.compareWithProperty().get();
        if (other == null) {
            ask(add(before, question, List.of(answer)), prompt -> assistant.send(prompt, sink(answer)));
        } else {
            Message.Answering first = new Message.Answering(other.slice().name());
            ask(
                    add(before, question, List.of(first, answer)),
                    prompt -> assistant.compare(prompt, other.slice(), sink(first), sink(answer)));
        }
    }

    /** Asks once the question is kept. */
    private void ask(TurnTree.Turn asked, Consumer<Prompt> send) {
        Message.Asked question = asked.asked();
        List<Message.Answering> answers = asked.answers();
        TurnTree.Turn before = asked.before();
        begin(answers);
        stopWanted = false;
        long after = before == null ? HistoryViewModel.NONE : before.id();
        history.ask(title.get(), after, question.text(), question.attachments(), turn -> {
            asked.keptAs(turn);
            keepAsBefore(asked);
            if (!running.contains(answers.getFirst())) {
                return; // of a chat that was left meanwhile
            }
            for (int place = 0; place < answers.size(); place++) {
                slots.put(answers.get(place), new Slot(turn, place));
            }
            send.accept(StoredTurn.prompt(question.text(), question.attachments()));
            if (stopWanted) {
                assistant.stop();
            }
        });
    }

    private TurnTree.Turn add(TurnTree.Turn before, Message.Asked question, List<Message.Answering> answers) {
        TurnTree.Turn turn = tree.add(before, question, answers);
        messages.addAll(turn.messages());
        index();
        return turn;
    }

    /** Notes which turns the entries of the thread belong to. */
    private void index() {
        turns.clear();
        for (TurnTree.Turn turn : tree.path()) {
            turns.put(turn.asked(), turn);
            turn.answers().forEach(answer -> turns.put(answer, turn));
        }
    }

    /** Asks the question of an answer again; the answer stays as a version. */
    public void again(Message.Answering answer) {
        TurnTree.Turn turn = turns.get(answer);
        SliceInfo inUse = size.inUseProperty().get();
        if (turn != null && inUse != null && model.get() != null && !answering.get()) {
            editing.set(null);
            askBeside(inUse, turn, turn.asked().text(), turn.asked().attachments());
        }
    }

    /** Asks as for an answer before, with its settings, seed and size; what comes of it stands beside it. */
    public void replay(Message.Answering answer) {
        TurnTree.Turn turn = turns.get(answer);
        TurnTree.Turn before = turn == null ? null : turn.before();
        Answer made = answer.answerProperty().get();
        if (turn != null && before != null && made != null && model.get() != null && !answering.get()) {
            editing.set(null);
            leaveAfter(before);
            Message.Asked question =
                    new Message.Asked(turn.asked().text(), turn.asked().attachments());
            Message.Answering again = Message.Answering.replaying(answer.asked(), made.text());
            ask(add(before, question, List.of(again)), prompt -> assistant.replay(prompt, made, sink(again)));
        }
    }

    /** Whether an answer is the chat's last and was cut short. */
    public boolean canGoOn(Message.Answering answer) {
        TurnTree.Turn turn = turns.get(answer);
        Answer made = answer.answerProperty().get();
        return turn != null
                && turn == tree.last()
                && turn.answers().size() == 1
                && (made == null ? answer.interrupted() : cutShort(made))
                && !answer.textProperty().get().isEmpty();
    }

    private static boolean cutShort(Answer made) {
        return made.stopReason() == Answer.StopReason.STOPPED || made.stopReason() == Answer.StopReason.MAX_TOKENS;
    }

    /** Goes on with the chat's last answer, where that was cut short. */
    public void goOn() {
        List<Message.Answering> answers = tree.last().answers();
        if (!answers.isEmpty()) {
            goOn(answers.getLast());
        }
    }

    /** Goes on with an answer from its last word. */
    public void goOn(Message.Answering answer) {
        Answer begun = answer.answerProperty().get();
        if (canGoOn(answer) && model.get() != null && !answering.get()) {
            editing.set(null);
            long turn = tree.last().id();
            if (turn != HistoryViewModel.NONE) {
                slots.put(answer, new Slot(turn, 0));
            }
            begin(List.of(answer));
            answer.reopen();
            assistant.goOn(begun, sink(answer));
        }
    }

    /** Brings a question back to be changed; what is sent next takes its place. */
    public void edit(Message.Asked question) {
        TurnTree.Turn turn = turns.get(question);
        if (turn != null && !answering.get()) {
            draft.set(question.text());
            attachments.setAll(question.attachments());
            editing.set(turn);
        }
    }

    /** Leaves a question as it was; what is sent next follows the last answer. */
    public void cancelEdit() {
        if (editing.get() != null) {
            editing.set(null);
            draft.set("");
            attachments.clear();
        }
    }

    /** The turn whose question is being changed, null where none is. */
    ReadOnlyObjectProperty<TurnTree.@Nullable Turn> editingProperty() {
        return editing.getReadOnlyProperty();
    }

    /** Which version of its turn an answer belongs to. */
    TurnTree.Version version(Message.Answering answer) {
        TurnTree.Turn turn = turns.get(answer);
        return turn == null ? new TurnTree.Version(0, 1) : tree.version(turn);
    }

    /** Shows another version of an answer's turn, and goes on from there. */
    public void showVersion(Message.Answering answer, int index) {
        TurnTree.Turn turn = turns.get(answer);
        if (turn != null && !answering.get()) {
            editing.set(null);
            tree.show(turn, index);
            showPath();
            resumePath();
        }
    }

    /** The model goes on from what is in the thread. */
    private void resumePath() {
        TurnTree.Turn last = tree.last();
        assistant.resume(
                tree.exchanges(last),
                left -> uiThread.execute(() -> {
                    if (last == tree.last()) { // nothing was asked or opened meanwhile
                        showBoundary(left);
                    }
                }));
    }

    private void showPath() {
        outOfView = 0;
        index();
        messages.setAll(
                tree.path().stream().flatMap(turn -> turn.messages().stream()).toList());
    }

    private CoalescingSink sink(Message.Answering answer) {
        return new CoalescingSink(uiThread, this, answer);
    }

    private void begin(List<Message.Answering> answers) {
        running.addAll(answers);
        size.begin(answers.size());
        answering.set(true);
    }

    private void end(Message.Answering answer) {
        running.remove(answer);
        slots.remove(answer);
        if (running.isEmpty()) {
            size.end();
            answering.set(false);
            Runnable next = afterAnswer;
            afterAnswer = null;
            if (next != null) {
                next.run();
            }
        }
    }

    /** Ends the answer that runs. */
    public void stop() {
        if (answering.get()) {
            stopWanted = true;
            assistant.stop();
        }
    }

    /** Starts over. */
    public void newChat() {
        stop();
        assistant.newChat();
        history.leave();
        clear();
        draft.set("");
        attachments.clear();
    }

    /** Goes on with an earlier chat; what is typed already stays. */
    public void open(ChatSummary chat) {
        stop();
        history.open(chat, assistant::maxAudioSeconds, turns -> {
            clear();
            title.set(chat.title());
            tree.addAll(turns);
            showPath();
            turns.forEach(this::noteContext);
            keepAsStored(turns);
            resumePath();
        });
    }

    private void noteContext(StoredTurn turn) {
        turn.answers().forEach(answer -> {
            StoredAnswer.Made made = answer.made();
            contextUsed.set(made == null ? contextUsed.get() : made.contextUsed());
        });
    }

    private void clear() {
        keepRunning();
        List.copyOf(running).forEach(this::end);
        editing.set(null);
        messages.clear();
        outOfView = 0;
        tree = new TurnTree();
        turns.clear();
        kept.clear();
        keptTooMuch.set("");
        title.set(NEW_CHAT);
        contextUsed.set(0);
        size.startOver();
    }

    /** What a chat that is left was still saying. */
    private void keepRunning() {
        slots.forEach((answer, slot) -> history.finish(slot.turn(), slot.place(), stored(answer, null)));
    }

    private static StoredAnswer stored(Message.Answering answer, StoredAnswer.@Nullable Made made) {
        return new StoredAnswer(answer.asked(), answer.textProperty().get(), made);
    }

    /** Calls a chat otherwise. */
    public void rename(ChatSummary chat, String name) {
        if (chat.id() == history.currentProperty().get() && !name.isBlank()) {
            title.set(name.strip());
        }
        history.rename(chat, name);
    }

    /** Deletes a chat; the one that is open is left. */
    public void delete(ChatSummary chat) {
        if (chat.id() == history.currentProperty().get()) {
            newChat();
        }
        history.delete(chat);
    }

    /** What there is to see in the chat and beside the draft, in its order. */
    List<ShownPicture> pictures() {
        Stream<Attachment> sent = messages.stream()
                .flatMap(
                        message -> message instanceof Message.Asked asked ? asked.attachments().stream() : Stream.of());
        return Stream.concat(sent, attachments.stream())
                .flatMap(attachment -> ShownPicture.of(attachment).stream())
                .toList();
    }

    /** Reads files in the background and adds them. */
    public void attach(List<Path> files) {
        files.forEach(file -> attach(file, () -> {}));
    }

    /** Adds what is read already: from the clipboard, camera or microphone. */
    public void attach(Attachment.Ready ready) {
        attachments.add(ready);
    }

    /** Longest sound the model hears, in seconds. Waits for the model: never call it on the UI thread. */
    public double maxAudioSeconds() {
        return assistant.maxAudioSeconds();
    }

    /** Adds a sample and asks about it. */
    public void attempt(Sample sample) {
        draft.set(sample.question());
        attach(sample.file(), this::send);
    }

    private void attach(Path file, Runnable then) {
        String name = AttachmentReader.name(file);
        int used = contextUsed.get();
        Attachment placeholder = new Attachment.Loading(name);
        attachments.add(placeholder);
        background.execute(() -> {
            Attachment done = read(name, () -> AttachmentReader.read(file, budget(used)));
            uiThread.execute(() -> {
                int at = attachments.indexOf(placeholder);
                if (at >= 0) { // not removed meanwhile
                    attachments.set(at, done);
                    then.run();
                }
            });
        });
    }

    /** Waits for the model. */
    private MediaBudget budget(int used) {
        ModelInfo info = assistant.model().toCompletableFuture().join();
        int stays = Math.min(used, info.contextLength() / 2); // older turns make room
        return MediaBudget.of(info, assistant.maxAudioSeconds(), stays);
    }

    private static Attachment read(String name, Supplier<Attachment.Ready> reader) {
        try {
            return reader.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            return new Attachment.Failed(name, known(e));
        }
    }

    /** Takes an attachment back. */
    public void remove(Attachment attachment) {
        attachments.remove(attachment);
    }

    void grow(Message.Answering answer, String text, double prefill) {
        if (running.contains(answer)) { // not one of a chat that was left
            answer.read(prefill);
            if (!text.isEmpty()) {
                answer.grow(text);
                Slot slot = slots.get(answer);
                if (slot != null) {
                    history.grow(slot.turn(), slot.place(), stored(answer, null));
                }
                tail.set(tail.get() + 1);
            }
        }
    }

    void fallBack(Message.Answering answer, ModelInfo now) {
        model.set(now);
        if (running.contains(answer)) {
            notice("Going on with " + now.device() + ": " + now.deviceReason());
        }
    }

    void window(Message.Answering answer, int left) {
        if (running.contains(answer)) {
            showBoundary(left);
        }
    }

    /** Draws the line above which the model reads nothing. */
    private void showBoundary(int left) {
        outOfView = left;
        messages.removeIf(Message.Boundary.class::isInstance);
        if (left > 0) {
            TurnTree.Turn first = tree.firstInView(left);
            int at = first == null ? messages.size() : place(first.asked());
            boolean keeps = messages.subList(0, at).stream()
                    .anyMatch(m -> m instanceof Message.Asked asked
                            && asked.attachments().stream().anyMatch(kept::contains));
            messages.add(at, new Message.Boundary(keeps));
        }
    }

    /** Where it is in the thread: itself, not one that asks the same. */
    @SuppressWarnings("ReferenceEquality")
    private int place(Message message) {
        return IntStream.range(0, messages.size())
                .filter(i -> messages.get(i) == message)
                .findFirst()
                .orElse(messages.size());
    }

    /** What the model goes on to see and hear when its turns have left its view; to be changed by {@link #keep}. */
    public ObservableSet<Attachment.Ready> kept() {
        return FXCollections.unmodifiableObservableSet(kept);
    }

    /** Why what is kept is too much, empty while it isn't. */
    public ReadOnlyStringProperty keptTooMuchProperty() {
        return keptTooMuch.getReadOnlyProperty();
    }

    /** Keeps an attachment in the model's view, or no longer. While none is kept, the newest stay. */
    public void keep(Attachment.Ready attachment, boolean wanted) {
        if (wanted ? kept.add(attachment) : kept.remove(attachment)) {
            for (TurnTree.Turn turn : tree.path()) {
                List<Attachment.Ready> of = turn.asked().attachments();
                IntStream.range(0, of.size())
                        .filter(i -> of.get(i).equals(attachment))
                        .forEach(i -> history.keep(turn.id(), i, wanted));
            }
            tellKept();
            showBoundary(outOfView);
        }
    }

    /** Asked again, or changed, what was kept is kept still. */
    private void keepAsBefore(TurnTree.Turn turn) {
        List<Attachment.Ready> of = turn.asked().attachments();
        IntStream.range(0, of.size())
                .filter(i -> kept.contains(of.get(i)))
                .forEach(i -> history.keep(turn.id(), i, true));
    }

    private void keepAsStored(List<StoredTurn> stored) {
        stored.forEach(
                turn -> turn.kept().forEach(i -> kept.add(turn.attachments().get(i))));
        tellKept();
    }

    private void tellKept() {
        assistant.keep(
                kept.isEmpty()
                        ? null
                        : kept.stream().flatMap(a -> a.parts().stream()).toList());
        ModelInfo info = model.get();
        int tokens =
                info == null ? 0 : kept.stream().mapToInt(a -> a.tokens(info)).sum();
        int share = info == null ? 0 : info.contextLength() / 4;
        keptTooMuch.set(
                tokens <= share
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "What is kept takes %,d tokens, more than a quarter of the context (%,d): keep less, or the chat is soon forgotten",
                                tokens,
                                share));
    }

    private void notice(String text) {
        messages.add(messages.size() - 1, new Message.Notice(text)); // what runs is last
    }

    void computes(Message.Answering answer, SliceUse use) {
        if (running.contains(answer)) {
            answer.computes(use);
            size.computes(use);
        }
    }

    void finish(Message.Answering answer, Answer finished, int used) {
        if (running.contains(answer)) {
            answer.finish(finished);
            contextUsed.set(used);
            size.answered(finished);
            Slot slot = slots.get(answer);
            ModelInfo by = model.get();
            if (slot != null && by != null) {
                history.finish(
                        slot.turn(),
                        slot.place(),
                        stored(answer, new StoredAnswer.Made(finished, by.id(), by.type(), by.device(), used)));
            }
            end(answer);
        }
    }

    void fail(Message.Answering answer, MatryoshkaException error) {
        if (running.contains(answer)) {
            if (answer.textProperty().get().isEmpty()) {
                messages.remove(answer);
            }
            messages.add(new Message.Failed(error));
            answer.giveUp();
            end(answer);
            TurnTree.Turn turn = turns.get(answer);
            if (turn != null && running.isEmpty() && !turn.answered()) {
                tree.remove(turn); // the model's conversation stands as it was before
            }
        }
    }
}

package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.ui.Assistant;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.AttachmentReader;
import dev.matryoshka.ui.size.MemoryViewModel;
import dev.matryoshka.ui.size.SizeViewModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/** The state of the chat and what can be done with it; no nodes. Used on the UI thread. */
public final class ChatViewModel {
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
    private final MemoryViewModel memory;

    /**
     * @param uiThread runs changes of state
     * @param background reads files
     */
    public ChatViewModel(Assistant assistant, Executor uiThread, Executor background) {
        this.assistant = assistant;
        this.uiThread = uiThread;
        this.background = background;
        size = new SizeViewModel(assistant, uiThread);
        memory = new MemoryViewModel(assistant, uiThread, background);
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
        ask(inUse, draft.get().strip(), sent);
        attachments.clear();
        draft.set("");
    }

    private void ask(SliceInfo inUse, String text, List<Attachment.Ready> sent) {
        List<PromptPart> parts = new ArrayList<>();
        sent.forEach(a -> parts.addAll(a.parts()));
        if (!text.isEmpty()) {
            parts.add(new PromptPart.Text(text));
        }
        messages.add(new Message.Asked(text, List.copyOf(sent)));
        Message.Answering answer = new Message.Answering(inUse.slice().name());
        SliceInfo other = size.compareWithProperty().get();
        if (other == null) {
            messages.add(answer);
            begin(List.of(answer));
            assistant.send(new Prompt(parts), sink(answer));
        } else {
            Message.Answering first = new Message.Answering(other.slice().name());
            messages.add(new Message.Compared(first, answer));
            begin(List.of(first, answer));
            assistant.compare(new Prompt(parts), other.slice(), sink(first), sink(answer));
        }
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
        if (running.isEmpty()) {
            size.end();
            answering.set(false);
        }
    }

    /** Ends the answer that runs. */
    public void stop() {
        if (answering.get()) {
            assistant.stop();
        }
    }

    /** Starts over. */
    public void newChat() {
        stop();
        assistant.newChat();
        messages.clear();
        attachments.clear();
        draft.set("");
        contextUsed.set(0);
        size.startOver();
        List.copyOf(running).forEach(this::end);
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
        return MediaBudget.of(assistant.model().toCompletableFuture().join(), assistant.maxAudioSeconds(), used);
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
                tail.set(tail.get() + 1);
            }
        }
    }

    void fallBack(Message.Answering answer, ModelInfo now) {
        model.set(now);
        if (running.contains(answer)) {
            messages.add(messages.size() - 1, new Message.Notice(now)); // what runs is last
        }
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
            end(answer);
        }
    }

    void fail(Message.Answering answer, MatryoshkaException error) {
        if (running.contains(answer)) {
            if (answer.textProperty().get().isEmpty()) {
                messages.remove(answer);
            }
            messages.add(new Message.Failed(error));
            end(answer);
        }
    }
}

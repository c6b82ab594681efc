package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.history.StoredAnswer;
import java.util.List;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.jspecify.annotations.Nullable;

/** One entry of the thread. */
public sealed interface Message {
    /** What the person said. */
    record Asked(String text, List<Attachment.Ready> attachments) implements Message {
        /** The first words of it. */
        String title() {
            return text.isEmpty()
                    ? "About " + attachments.getFirst().name()
                    : text.lines().findFirst().orElse(text).strip();
        }
    }

    /** What went wrong, and what to do. */
    record Failed(MatryoshkaException error) implements Message {}

    /** Where the model's view of the chat begins. */
    record Boundary(boolean keeps) implements Message {
        /** What it says. */
        public String text() {
            return "The model no longer sees what is above" + (keeps ? ", but for what is kept" : "");
        }
    }

    /** Something to know of the chat: that a device failed and what computes since. */
    record Notice(String text) implements Message {}

    /** Two sizes' answers to one question; the chat goes on from the second. */
    record Compared(Answering first, Answering second) implements Message {}

    /** What the model says, growing. */
    final class Answering implements Message {
        private final String asked;
        private boolean interrupted;
        private final @Nullable String replayed;
        private final ObservableList<SliceUse> slices = FXCollections.observableArrayList();
        private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper("");
        private final ReadOnlyDoubleWrapper prefill = new ReadOnlyDoubleWrapper(0);
        private final ReadOnlyObjectWrapper<@Nullable Answer> answer = new ReadOnlyObjectWrapper<>();
        private @Nullable Answer begun; // where it goes on
        private boolean wasInterrupted; // before that

        /**
         * @param asked name of the size that is asked
         */
        Answering(String asked) {
            this(asked, false, null);
        }

        private Answering(String asked, boolean interrupted, @Nullable String replayed) {
            this.replayed = replayed;
            this.asked = asked;
            this.interrupted = interrupted;
        }

        /** One that was given earlier. */
        static Answering of(StoredAnswer stored) {
            StoredAnswer.Made made = stored.made();
            Answering answering = new Answering(stored.asked(), made == null, null);
            answering.grow(stored.text());
            if (made != null) {
                made.answer().slices().forEach(answering::computes);
                answering.finish(made.answer());
            }
            return answering;
        }

        /** One that is asked for as an earlier one was made. */
        static Answering replaying(String asked, String replayed) {
            return new Answering(asked, false, replayed);
        }

        /** What the answer said that this one replays, null where it replays none. */
        public @Nullable String replayed() {
            return replayed;
        }

        /** Whether it was left before it ended: with the chat, or by the end of the program. */
        public boolean interrupted() {
            return interrupted;
        }

        /** Name of the size that was asked; what answered is in {@link #slices}. */
        public String asked() {
            return asked;
        }

        /** The sizes at work on it so far, in order. */
        public ObservableList<SliceUse> slices() {
            return FXCollections.unmodifiableObservableList(slices);
        }

        /** The text so far. */
        public ReadOnlyStringProperty textProperty() {
            return text.getReadOnlyProperty();
        }

        /** How much of the prompt is read, 0 to 1. */
        public ReadOnlyDoubleProperty prefillProperty() {
            return prefill.getReadOnlyProperty();
        }

        /** The finished answer, null until then. */
        public ReadOnlyObjectProperty<@Nullable Answer> answerProperty() {
            return answer.getReadOnlyProperty();
        }

        void grow(String more) {
            text.set(text.get() + more);
        }

        void computes(SliceUse use) {
            SliceUse last = slices.isEmpty() ? null : slices.getLast();
            if (last == null || !last.slice().equals(use.slice()) || last.approximate() != use.approximate()) {
                slices.add(use);
            }
        }

        void read(double share) {
            prefill.set(share);
        }

        void finish(Answer finished) {
            answer.set(finished);
        }

        /** Goes on growing. */
        void reopen() {
            begun = answer.get();
            wasInterrupted = interrupted;
            interrupted = false;
            answer.set(null);
        }

        /** Nothing came of that: it is finished as it was. */
        void giveUp() {
            interrupted = wasInterrupted;
            if (begun != null) {
                answer.set(begun);
            }
        }
    }
}

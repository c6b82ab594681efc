package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Exchange;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.history.StoredTurn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat's turns. A question that is changed or asked again begins a version beside the one before; one path through the versions is
 * in the thread.
 */
final class TurnTree {
    private final Turn root = new Turn(null, new Message.Asked("", List.of()), List.of());

    /** A question and its answers: none, one, or two where sizes are compared. */
    static final class Turn {
        private final @Nullable Turn before;
        private final Message.Asked asked;
        private final List<Message.Answering> answers;
        private final List<Turn> after = new ArrayList<>();
        private int shown; // of those after it
        private long id = HistoryViewModel.NONE;

        private Turn(@Nullable Turn before, Message.Asked asked, List<Message.Answering> answers) {
            this.before = before;
            this.asked = asked;
            this.answers = answers;
        }

        /** The turn it follows, null for the tree's root. */
        @Nullable
        Turn before() {
            return before;
        }

        Message.Asked asked() {
            return asked;
        }

        List<Message.Answering> answers() {
            return answers;
        }

        /** Its number in the history, of the root too. */
        long id() {
            return id;
        }

        void keptAs(long number) {
            id = number;
        }

        /** As entries of the thread. */
        List<Message> messages() {
            return switch (answers.size()) {
                case 0 -> List.of(asked);
                case 1 -> List.of(asked, answers.getFirst());
                default -> List.of(asked, new Message.Compared(answers.getFirst(), answers.getLast()));
            };
        }

        /** It and those that stand beside it, oldest first. */
        private List<Turn> versions() {
            return before == null ? List.of(this) : before.after;
        }

        /** Whether an answer came to a word. */
        boolean answered() {
            return answers.stream().anyMatch(a -> !a.textProperty().get().isEmpty());
        }

        /** As the model goes on from it: with the last answer that came to a word. */
        private Exchange exchange() {
            String said = answers.reversed().stream()
                    .map(a -> a.textProperty().get())
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElse("");
            return new Exchange(StoredTurn.prompt(asked.text(), asked.attachments()), said);
        }
    }

    /** What all first turns follow. */
    Turn root() {
        return root;
    }

    /** Adds a turn, which is then shown. */
    Turn add(Turn before, Message.Asked asked, List<Message.Answering> answers) {
        Turn turn = new Turn(before, asked, List.copyOf(answers));
        before.after.add(turn);
        before.shown = before.after.size() - 1;
        return turn;
    }

    /** Takes out a turn that came to nothing; the version before it is shown again. */
    void remove(Turn turn) {
        Turn before = turn.before;
        if (before != null && before.after.remove(turn)) {
            before.shown = Math.max(0, before.after.size() - 1);
        }
    }

    /** Adds turns as they were kept; of versions the latest is shown. */
    void addAll(List<StoredTurn> stored) {
        Map<Long, Turn> known = new HashMap<>();
        for (StoredTurn kept : stored) {
            List<Message.Answering> answers =
                    kept.answers().stream().map(Message.Answering::of).toList();
            Turn turn = add(
                    known.getOrDefault(kept.after(), root),
                    new Message.Asked(kept.question(), kept.attachments()),
                    answers);
            turn.keptAs(kept.id());
            known.put(kept.id(), turn);
        }
    }

    /** The turns in the thread. */
    List<Turn> path() {
        List<Turn> path = new ArrayList<>();
        for (Turn turn = root; !turn.after.isEmpty(); ) {
            turn = turn.after.get(turn.shown);
            path.add(turn);
        }
        return path;
    }

    /** The last turn in the thread, the root of an empty one. */
    Turn last() {
        List<Turn> path = path();
        return path.isEmpty() ? root : path.getLast();
    }

    /** What the model goes on from after a turn: those up to it that were answered. */
    List<Exchange> exchanges(Turn last) {
        List<Exchange> exchanges = new ArrayList<>();
        for (Turn turn = last; turn != null && turn != root; turn = turn.before) {
            if (turn.answered()) {
                exchanges.addFirst(turn.exchange());
            }
        }
        return exchanges;
    }

    /**
     * The first turn of those in the thread that the model reads.
     *
     * @param left how many of those that were answered it doesn't, the oldest ones
     * @return null where it reads none of them
     */
    @Nullable
    Turn firstInView(int left) {
        int gone = 0;
        for (Turn turn : path()) {
            if (gone == left) {
                return turn;
            }
            gone += turn.answered() ? 1 : 0;
        }
        return null;
    }

    /** Which version of its turn an answer belongs to, from 0, and how many there are. */
    Version version(Turn turn) {
        List<Turn> versions = turn.versions();
        return new Version(versions.indexOf(turn), versions.size());
    }

    /**
     * A place among versions.
     *
     * @param index from 0
     */
    record Version(int index, int count) {}

    /** Shows another version of a turn, with what was asked after it. */
    void show(Turn turn, int index) {
        Turn before = turn.before;
        if (before != null) {
            before.shown = Math.clamp(index, 0, before.after.size() - 1);
        }
    }
}

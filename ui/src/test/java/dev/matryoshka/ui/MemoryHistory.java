package dev.matryoshka.ui;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.History;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A history for tests, with one chat of yesterday in it; fails when told to. */
class MemoryHistory implements History {
    private final Map<Long, ChatSummary> chats = new LinkedHashMap<>();
    private final Map<Long, ChatSummary> deleted = new LinkedHashMap<>();
    private final List<Turn> turns = new ArrayList<>();
    volatile @Nullable MatryoshkaException failure;
    private long next = 1;

    private record Turn(
            long id,
            long chat,
            long after,
            String question,
            List<Attachment.Ready> attachments,
            Set<Integer> kept,
            TreeMap<Integer, StoredAnswer> answers) {}

    MemoryHistory() {
        long chat = begin("Which mushroom is this?");
        long turn = ask(chat, "Which mushroom is this?", List.of());
        finish(turn, 0, new StoredAnswer("E2B", "A fly agaric.", null));
        chats.put(
                chat,
                new ChatSummary(chat, "Which mushroom is this?", Instant.now().minusSeconds(86_400), false));
    }

    private void mayFail() {
        MatryoshkaException now = failure;
        if (now != null) {
            throw now;
        }
    }

    @Override
    public synchronized List<ChatSummary> chats(String search) {
        mayFail();
        return chats.values().stream()
                .filter(chat -> chat.title().regionMatches(true, 0, search, 0, search.length())
                        || chat.title().contains(" " + search))
                .sorted((a, b) -> a.pinned() == b.pinned()
                        ? b.updated().compareTo(a.updated())
                        : Boolean.compare(b.pinned(), a.pinned()))
                .toList();
    }

    @Override
    public synchronized List<StoredTurn> open(long chat, double audioSeconds) {
        return turns.stream()
                .filter(turn -> turn.chat == chat)
                .map(turn -> new StoredTurn(
                        turn.id,
                        turn.after,
                        turn.question,
                        turn.attachments,
                        turn.kept,
                        new ArrayList<>(turn.answers.values())))
                .toList();
    }

    private Turn turn(long id) {
        return turns.stream().filter(turn -> turn.id == id).findFirst().orElseThrow();
    }

    @Override
    public synchronized long begin(String title) {
        mayFail();
        chats.put(next, new ChatSummary(next, title, Instant.now(), false));
        return next++;
    }

    @Override
    public synchronized long ask(long chat, long after, String question, List<Attachment.Ready> attachments) {
        mayFail();
        turns.add(new Turn(next, chat, after, question, attachments, new TreeSet<>(), new TreeMap<>()));
        return next++;
    }

    @Override
    public synchronized void grow(long turn, int place, String asked, String text) {
        turn(turn).answers.put(place, new StoredAnswer(asked, text, null));
    }

    @Override
    public synchronized void finish(long turn, int place, StoredAnswer answer) {
        turn(turn).answers.put(place, answer);
    }

    @Override
    public synchronized void keep(long turn, int index, boolean kept) {
        turn(turn).kept.remove(index);
        if (kept) {
            turn(turn).kept.add(index);
        }
    }

    @Override
    public synchronized void rename(long chat, String title) {
        chats.computeIfPresent(chat, (id, was) -> new ChatSummary(id, title, was.updated(), was.pinned()));
    }

    @Override
    public synchronized void pin(long chat, boolean pinned) {
        chats.computeIfPresent(chat, (id, was) -> new ChatSummary(id, was.title(), was.updated(), pinned));
    }

    @Override
    public synchronized void delete(long chat) {
        deleted.put(chat, Objects.requireNonNull(chats.remove(chat)));
    }

    @Override
    public synchronized void restore(long chat) {
        chats.put(chat, Objects.requireNonNull(deleted.remove(chat)));
    }

    @Override
    public void close() {}
}

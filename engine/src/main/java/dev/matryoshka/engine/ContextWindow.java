package dev.matryoshka.engine;

import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.TokenSequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's turns and which of them the model reads. Where a question finds no room, the oldest leave its view, whole, until half
 * of the context is free again: what stays moves to other positions and is computed anew, which should not happen at every question. The
 * system prompt stays, and so do attachments that are kept, the newest where nothing is said, before the first turn in view.
 */
final class ContextWindow {
    private final PromptEncoder encoder;
    private final PlacedSession session;
    private final List<Exchange> turns = new ArrayList<>();
    private final List<Place> places = new ArrayList<>(); // of those in view that have tokens
    private int left; // turns out of view
    private @Nullable Set<PromptPart> kept; // null for the newest
    private List<PromptPart> front = List.of(); // what is kept of turns that left
    private @Nullable Open open;

    /**
     * Where a turn's tokens are.
     *
     * @param begin of its prompt
     * @param answer first token of the answer
     */
    private record Place(int begin, int answer) {}

    /**
     * The turn that is being answered.
     *
     * @param begun the turn as it was, where its answer goes on
     */
    private record Open(
            Prompt prompt, Place place, @Nullable Exchange begun) {}

    ContextWindow(PromptEncoder encoder, PlacedSession session) {
        this.encoder = encoder;
        this.session = session;
    }

    /** Turns that the model no longer reads. */
    int left() {
        return left;
    }

    /** See {@link ChatSession#turnsOutOfView}. */
    int leftSoon() {
        try {
            return firstToStay(fixed(left), fixed(turns.size()));
        } catch (ContextOverflowException e) { // said when something is asked
            return left;
        }
    }

    /** See {@link ChatSession#keep}. */
    void keep(@Nullable Collection<PromptPart> attachments) {
        kept = attachments == null ? null : Set.copyOf(attachments);
    }

    /** What the last turn's answer says; empty where there is none. */
    String lastAnswer() {
        return turns.isEmpty() ? "" : turns.getLast().answer();
    }

    /**
     * Begins a turn: the tokens of everything that the model shall read before it answers.
     *
     * @return how many of them were there before
     */
    int ask(Prompt prompt) {
        return begin(prompt, "", null);
    }

    /**
     * Takes up the last turn again, behind the last word of its answer.
     *
     * @return how many tokens were there before
     * @throws InvalidRequestException there is none, or its answer came to an end
     */
    int goOn() {
        if (turns.isEmpty()) {
            throw new InvalidRequestException("there is no answer to go on with", "ask a question");
        }
        int size = session.tokens().size();
        if (left + places.size() < turns.size()) { // has no tokens yet
            Exchange begun = turns.removeLast();
            return begin(begun.prompt(), begun.answer(), begun);
        }
        if (encoder.endsTurn(session.tokens().ids(size - 1, size)[0])) {
            throw new InvalidRequestException("the answer came to its end", "ask for more");
        }
        Exchange begun = turns.removeLast();
        open = new Open(begun.prompt(), places.removeLast(), begun);
        return size;
    }

    private int begin(Prompt prompt, String said, @Nullable Exchange begun) {
        try {
            int size = encoder.size(prompt) + encoder.words(said).size();
            leave(firstToStay(fixed(left) + size, fixed(turns.size()) + size));
            int before = session.tokens().size();
            write(prompt, begun);
            session.tokens().addAll(encoder.words(said));
            if (session.tokens().size() >= session.contextLimit()) {
                throw new ContextOverflowException(
                        "the question would take " + session.tokens().size() + " of " + session.contextLimit()
                                + " tokens",
                        "send less or start a new chat");
            }
            return before;
        } catch (RuntimeException | Error e) {
            if (open == null && begun != null) {
                turns.add(begun);
            }
            throw e;
        }
    }

    /** Tokens of the turns in view that have none, and of a prompt. */
    private void write(Prompt prompt, @Nullable Exchange begun) {
        TokenSequence tokens = session.tokens();
        while (left + places.size() < turns.size()) {
            Exchange turn = turns.get(left + places.size());
            Place place = add(turn.prompt());
            tokens.addAll(encoder.answer(turn.answer()));
            places.add(place);
        }
        open = new Open(prompt, add(prompt), begun);
    }

    private Place add(Prompt prompt) {
        TokenSequence tokens = session.tokens();
        int begin = tokens.size();
        Prompt whole = begin > 0 || front.isEmpty()
                ? prompt
                : new Prompt(
                        Stream.concat(front.stream(), prompt.parts().stream()).toList());
        tokens.addAll(session.encode(() -> encoder.encode(whole, tokens)));
        return new Place(begin, tokens.size());
    }

    /**
     * The first turn that stays in view.
     *
     * @param now tokens beside the turns, as long as none leaves
     * @param then the same when some have left
     */
    private int firstToStay(int now, int then) {
        int limit = session.contextLimit();
        int room = limit - ModelInfo.answerRoom(limit);
        if (then >= limit && newest(room - now) > left) {
            throw new ContextOverflowException(
                    "the question would take " + then + " of " + limit + " tokens, with what is kept",
                    "send less, keep fewer attachments or start a new chat");
        }
        if (newest(room - now) == left) {
            return left;
        }
        int lastThatCan = Math.max(newest(room - then), turns.size() - 1); // the turn before stays where it can
        return Math.min(newest(limit / 2 - then), lastThatCan);
    }

    /** The first of the newest turns in view that take no more than some tokens together. */
    private int newest(int room) {
        int first = turns.size();
        for (int size = 0; first > left; first--) {
            size += size(first - 1);
            if (size > room) {
                break;
            }
        }
        return first;
    }

    private int size(int turn) {
        int at = turn - left;
        if (at >= places.size()) {
            Exchange exchange = turns.get(turn);
            return encoder.size(exchange.prompt())
                    + encoder.answer(exchange.answer()).size();
        }
        int end = at + 1 < places.size() ? places.get(at + 1).begin() : end();
        return end - places.get(at).begin();
    }

    private int end() {
        return open == null ? session.tokens().size() : open.place().begin();
    }

    /** Tokens beside turns where some have left: the system prompt, and what is kept of them. */
    private int fixed(int gone) {
        List<PromptPart> parts = keptOf(gone);
        return encoder.systemSize() + (parts.isEmpty() ? 0 : encoder.size(new Prompt(parts)));
    }

    private List<PromptPart> keptOf(int gone) {
        Set<PromptPart> chosen = kept;
        List<PromptPart> attachments = turns.subList(0, gone).stream()
                .flatMap(turn -> turn.prompt().parts().stream())
                .filter(part -> !(part instanceof PromptPart.Text))
                .toList();
        return chosen == null
                ? newestOf(attachments)
                : attachments.stream().filter(chosen::contains).toList();
    }

    /** Those that take no more than a quarter of the context. */
    private List<PromptPart> newestOf(List<PromptPart> attachments) {
        int first = attachments.size();
        while (first > 0
                && encoder.size(new Prompt(attachments.subList(first - 1, attachments.size())))
                        <= session.contextLimit() / 4) {
            first--;
        }
        return attachments.subList(first, attachments.size());
    }

    /** Lets turns leave up to one, where that changes anything: what stays has to be computed again. */
    private void leave(int first) {
        List<PromptPart> stays = keptOf(first);
        if (first > left || !stays.equals(front)) {
            session.truncate(0);
            places.clear();
            left = first;
            front = stays;
        }
    }

    /** Makes room in the middle of an answer that fills the context; false where no turn can leave. */
    boolean slide() {
        Open answering = Objects.requireNonNull(open);
        TokenSequence tokens = session.tokens();
        int[] said = tokens.ids(answering.place().answer(), tokens.size());
        int size = fixed(turns.size()) + tokens.size() - answering.place().begin();
        if (left == turns.size() || size >= session.contextLimit()) {
            return false;
        }
        leave(Math.max(left + 1, newest(session.contextLimit() / 2 - size)));
        write(answering.prompt(), answering.begun());
        tokens.add(said);
        return tokens.size() < session.contextLimit();
    }

    /** The turn has its answer, or as much of it as there will be. */
    void close(String text) {
        Open answered = Objects.requireNonNull(open);
        Exchange begun = answered.begun();
        turns.add(new Exchange(answered.prompt(), begun == null ? text : begun.answer() + text));
        places.add(answered.place());
        open = null;
        Set<PromptPart> shown = new HashSet<>(front);
        turns.subList(left, turns.size())
                .forEach(turn -> shown.addAll(turn.prompt().parts()));
        encoder.forgetAllBut(shown);
    }

    /** The turn came to nothing: the conversation stands as it was before, but that turns may have left. */
    void giveUp() {
        Open failed = open;
        if (failed != null) {
            open = null;
            session.truncate(failed.place().begin());
            if (failed.begun() != null) {
                turns.add(failed.begun());
            }
        }
    }

    /** See {@link ChatSession#takeBack}. */
    void takeBack() {
        if (!turns.isEmpty()) {
            if (left + places.size() == turns.size() && !places.isEmpty()) {
                session.truncate(places.removeLast().begin());
            }
            turns.removeLast();
            left = Math.min(left, turns.size());
        }
    }

    /** See {@link ChatSession#resume}. */
    void resume(List<Exchange> exchanges) {
        int same = 0;
        while (same < Math.min(turns.size(), exchanges.size())
                && turns.get(same).equals(exchanges.get(same))) {
            same++;
        }
        if (left > 0 && same <= left) { // there is room again for those that left
            session.truncate(0);
            places.clear();
            left = 0;
            front = List.of();
        } else if (same - left < places.size()) {
            session.truncate(places.get(same - left).begin());
            places.subList(same - left, places.size()).clear();
        }
        turns.clear();
        turns.addAll(exchanges);
    }
}

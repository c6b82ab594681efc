package dev.matryoshka.ui.history;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.attachment.Attachment;
import java.util.List;

/**
 * Chats that outlive the window. Calls block until what they write is on the disk; one thread calls at a time. Each may throw a {@link
 * MatryoshkaException}.
 */
public interface History extends AutoCloseable {
    /** What a chat's first question follows. */
    long FIRST = 0;

    /**
     * Chats, pinned ones first, then the latest.
     *
     * @param search words that must all be in its title, questions, answers or names of files; may be empty
     */
    List<ChatSummary> chats(String search);

    /**
     * Reads a chat: all of its turns, each after the one it follows.
     *
     * @param audioSeconds longest sound that the model hears at once
     */
    List<StoredTurn> open(long chat, double audioSeconds);

    /** Begins a chat. */
    long begin(String title);

    /**
     * Writes a question, before it is asked.
     *
     * @param after the turn it follows; {@link #FIRST} where it follows none
     */
    long ask(long chat, long after, String question, List<Attachment.Ready> attachments);

    /** Writes a question that follows none. */
    default long ask(long chat, String question, List<Attachment.Ready> attachments) {
        return ask(chat, FIRST, question, attachments);
    }

    /**
     * Writes how far an answer is.
     *
     * @param place 0, or 1 for the second of two that are compared
     */
    void grow(long turn, int place, String asked, String text);

    /** Writes a finished answer and what made it. */
    void finish(long turn, int place, StoredAnswer answer);

    /**
     * Writes whether the model shall go on to see or hear an attachment.
     *
     * @param index of it among those of its turn, from 0
     */
    void keep(long turn, int index, boolean kept);

    void rename(long chat, String title);

    void pin(long chat, boolean pinned);

    /** Deletes a chat; {@link #restore} brings it back until the history is closed. */
    void delete(long chat);

    void restore(long chat);

    @Override
    void close();
}

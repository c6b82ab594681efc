package dev.matryoshka.ui.history;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line of the list of chats. */
sealed interface HistoryRow {
    /** What stands above the chats of a day. */
    record Heading(String text) implements HistoryRow {}

    /** A chat. */
    record Chat(ChatSummary summary) implements HistoryRow {}

    /** Chats under the headings of their days. */
    static List<HistoryRow> of(List<ChatSummary> chats, LocalDate today, ZoneId zone) {
        List<HistoryRow> rows = new ArrayList<>();
        String last = "";
        for (ChatSummary chat : chats) {
            String heading = chat.pinned() ? "Pinned" : day(LocalDate.ofInstant(chat.updated(), zone), today);
            if (!heading.equals(last)) {
                rows.add(new Heading(heading));
                last = heading;
            }
            rows.add(new Chat(chat));
        }
        return rows;
    }

    private static String day(LocalDate day, LocalDate today) {
        if (!day.isBefore(today)) {
            return "Today";
        }
        if (day.equals(today.minusDays(1))) {
            return "Yesterday";
        }
        String pattern = day.getYear() == today.getYear() ? "d MMMM" : "d MMMM yyyy";
        return day.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }
}

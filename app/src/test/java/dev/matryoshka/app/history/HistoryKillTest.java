package dev.matryoshka.app.history;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredTurn;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes questions and growing answers is killed again and again; what it had said to be kept is there. */
class HistoryKillTest {
    private static final int KILLS = 50;
    private static final long LOST_MS = 1_000;
    private static final long BUSY_MS = 3_000; // a machine that does other things as well

    /** Asks for ever; each question's text is its number, an answer's the milliseconds at which it grew. */
    static final class Writer {
        public static void main(String[] args) throws InterruptedException {
            BlockingQueue<Runnable> uiThread = new ArrayBlockingQueue<>(100_000);
            HistoryViewModel history = new HistoryViewModel(() -> new SqliteHistory(Path.of(args[0])), uiThread::add);
            for (long number = 1; ; number++) {
                long[] turn = new long[1];
                history.ask("killed", HistoryViewModel.NONE, args[1] + "." + number, List.of(), kept -> turn[0] = kept);
                while (turn[0] == 0) {
                    uiThread.take().run();
                }
                report("asked " + args[1] + "." + number);
                for (int piece = 0; piece < 40; piece++) {
                    history.grow(
                            turn[0], 0, new StoredAnswer("whole", Long.toString(System.currentTimeMillis()), null));
                    Thread.sleep(1);
                }
            }
        }

        @SuppressWarnings("SystemOut")
        private static void report(String line) {
            System.out.println(line);
        }
    }

    @Test
    void nothingThatWasCommittedIsLost(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("history.db");
        Random random = new Random(1);
        for (int kill = 0; kill < KILLS; kill++) {
            boolean slow = kill % 25 == 0;
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            file.toString(),
                            Integer.toString(kill))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String last = "";
            long killed;
            try (BufferedReader said = writer.inputReader()) {
                last = String.valueOf(said.readLine());
                TimeUnit.MILLISECONDS.sleep(slow ? 1500 : random.nextInt(60));
                killed = System.currentTimeMillis();
                writer.toHandle().destroyForcibly(); // leaves the stream open
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    last = line;
                }
            }
            writer.waitFor();
            check(file, last, slow ? killed : 0);
        }
    }

    /** @param killed when, of one that had time to write; else 0 */
    private static void check(Path file, String last, long killed) {
        assertTrue(last.startsWith("asked "), last);
        try (SqliteHistory history = new SqliteHistory(file)) {
            ChatSummary newest = history.chats("").getFirst();
            List<StoredTurn> turns = history.open(newest.id(), 30);
            List<String> questions = turns.stream().map(StoredTurn::question).toList();
            int at = questions.indexOf(last.substring("asked ".length()));
            assertTrue(at >= questions.size() - 2, last + " of " + questions); // one more may have been written unsaid
            for (int i = 0; i < questions.size(); i++) {
                assertTrue(questions.get(i).endsWith("." + (i + 1)), () -> questions.toString());
            }
            if (killed > 0) {
                long grown = turns.stream()
                        .flatMap(turn -> turn.answers().stream())
                        .mapToLong(answer -> Long.parseLong(answer.text()))
                        .max()
                        .orElse(0);
                assertTrue(killed - grown < LOST_MS + BUSY_MS, killed - grown + " ms lost");
            }
        }
    }
}

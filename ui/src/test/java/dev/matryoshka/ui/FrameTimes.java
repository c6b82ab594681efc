package dev.matryoshka.ui;

import dev.matryoshka.engine.Prompt;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.lab.Labs;
import dev.matryoshka.ui.models.Models;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.SettingsStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.scene.control.ListView;
import javafx.scene.control.skin.VirtualFlow;
import javafx.stage.Stage;

/**
 * How long frames of the real window take: while an answer of 20,000 tokens comes, a quarter at a time, and while threads of 2,000
 * and 10,000 messages are scrolled. A program, not a test; prints one line for each.
 */
@SuppressWarnings("NullAway.Init") // JavaFX calls start first
public final class FrameTimes {
    private static final int TOKENS = 20_000;
    private static final int TOKENS_PER_SECOND = 400;
    private static final String PARAGRAPH =
            "Some **bold** words about `code` and a [link](https://example.org) fill this line of the answer. ";

    private final Streaming assistant = new Streaming();
    private final List<Double> frames = Collections.synchronizedList(new ArrayList<>()); // read by another thread
    private Stage stage;
    private ChatWindow window;
    private Runnable everyFrame = () -> {};
    private long last;

    public static void main(String[] args) {
        Platform.startup(() -> new FrameTimes().start(new Stage()));
    }

    /** Tells all the tokens at an even rate. */
    private static final class Streaming extends FakeAssistant {
        final AtomicInteger told = new AtomicInteger();

        @Override
        public void send(Prompt prompt, AnswerSink sink) {
            Thread.ofPlatform().daemon().start(() -> {
                for (String token : tokens()) {
                    sink.onText(token);
                    told.incrementAndGet();
                    LockSupport.parkNanos(1_000_000_000L / TOKENS_PER_SECOND);
                }
            });
        }
    }

    private void start(Stage primary) {
        stage = primary;
        window = new ChatWindow(
                primary,
                assistant,
                HistoryViewModel.none(),
                Models.none(),
                Labs.none(),
                List.of(),
                new DemoNote(""),
                SettingsStore.none(),
                Help.none());
        new AnimationTimer() {
            @Override
            public void handle(long now) {
                if (last != 0) {
                    frames.add((now - last) / 1e6);
                }
                last = now;
                everyFrame.run();
            }
        }.start();
        Thread.ofPlatform().daemon().start(this::measure);
    }

    private void measure() {
        sleep(3000);
        Platform.runLater(() -> {
            window.viewModel().draftProperty().set("Go on");
            window.viewModel().send();
        });
        for (int quarter = 1; quarter <= 4; quarter++) {
            int end = TOKENS * quarter / 4;
            runUntil(() -> {}, () -> assistant.told.get() >= end);
            report("tokens " + (end - TOKENS / 4) + " to " + end);
        }
        sleep(1000);
        Platform.runLater(window.viewModel()::newChat);
        for (int count : new int[] {2_000, 10_000}) {
            Platform.runLater(() -> fill(count));
            sleep(1500);
            int[] step = {0};
            runUntil(() -> scroll(step[0]++ / 300.0), () -> step[0] > 300);
            report(count + " messages scrolled");
        }
        Platform.exit();
    }

    /** What is done before each frame, until it is enough; a frame is what lies between two calls. */
    private void runUntil(Runnable each, BooleanSupplier done) {
        Platform.runLater(() -> {
            frames.clear();
            everyFrame = each;
        });
        while (!done.getAsBoolean()) {
            sleep(50);
        }
        Platform.runLater(() -> everyFrame = () -> {});
        sleep(100);
    }

    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        while (tokens.size() < TOKENS) {
            int line = tokens.size();
            tokens.addAll(Arrays.asList(PARAGRAPH.split("(?= )")));
            if (line % 100 < 17) {
                tokens.add("\n\n```java\nint a = 1;\n```\n\n");
            } else if (line % 60 < 17) {
                tokens.add("\n\n");
            }
        }
        return tokens.subList(0, TOKENS);
    }

    private void fill(int count) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(new Message.Asked("Message " + i + ": " + PARAGRAPH.repeat(1 + i % 5), List.of()));
        }
        window.viewModel().messages().setAll(messages);
    }

    private void scroll(double position) {
        ListView<?> thread = (ListView<?>) stage.getScene().lookup(".thread");
        if (thread.lookup(".virtual-flow") instanceof VirtualFlow<?> flow) {
            flow.setPosition(1 - position);
        }
    }

    private void report(String what) {
        double[] sorted = Arrays.stream(frames.toArray(new Double[0]))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "%-24s %5d frames: median %.1f ms, 99%% %.1f ms, longest %.1f ms%n",
                what,
                sorted.length,
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                sorted[sorted.length - 1]);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

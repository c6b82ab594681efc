package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.ui.markdown.MarkdownView;
import java.util.Locale;
import java.util.stream.Collectors;
import javafx.beans.InvalidationListener;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** An answer as it grows: the words, and one line of what made them. Listens until {@link #leave}. */
final class AnswerView extends VBox {
    private static final String APART = "   ·   ";

    private final Message.Answering answering;
    private final boolean brief;
    private final ChatViewModel viewModel;
    private final MarkdownView words = new MarkdownView();
    private final HBox status = new HBox(10);
    private final InvalidationListener growth = property -> show();
    private final InvalidationListener spoken = property -> speak();

    /**
     * @param brief whether there is room for the most important figures only
     */
    AnswerView(Message.Answering answering, boolean brief, ChatViewModel viewModel) {
        super(8);
        this.answering = answering;
        this.brief = brief;
        this.viewModel = viewModel;
        words.getStyleClass().add("answer");
        status.getStyleClass().add("status");
        status.setAlignment(Pos.CENTER_LEFT);
        getChildren().addAll(words, status);
        answering.textProperty().addListener(spoken);
        answering.prefillProperty().addListener(growth);
        answering.answerProperty().addListener(growth);
        answering.slices().addListener(growth);
        show();
    }

    /** Ends the listening. */
    void leave() {
        answering.textProperty().removeListener(spoken);
        answering.prefillProperty().removeListener(growth);
        answering.answerProperty().removeListener(growth);
        answering.slices().removeListener(growth);
    }

    /** The line below says something else once there are words. */
    private void speak() {
        boolean first = words.blocks().isEmpty();
        words.show(answering.textProperty().get());
        if (first) {
            show();
        }
    }

    private void show() {
        Answer answer = answering.answerProperty().get();
        words.show(answering.textProperty().get());
        Label size = new Label(
                answering.slices().isEmpty()
                        ? answering.asked()
                        : answering.slices().stream()
                                .map(use -> use.slice().name() + (use.reason() == null ? "" : ", " + use.reason()))
                                .collect(Collectors.joining(" → ")));
        size.getStyleClass().add("strong");
        size.setMinWidth(Region.USE_PREF_SIZE);
        status.getChildren().setAll(size);
        if (answering.slices().stream().anyMatch(SliceUse::approximate)) {
            Label approximate = new Label("K/V approximate");
            approximate.getStyleClass().add("approximate");
            approximate.setMinWidth(Region.USE_PREF_SIZE);
            approximate.setTooltip(new Tooltip("Part of it was computed from keys and values of another size"));
            status.getChildren().add(approximate);
        }
        Label figures = new Label(answer == null ? progress() : statistics(answer));
        status.getChildren().add(figures);
        if (answer != null || answering.interrupted()) {
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            HBox actions = new HBox(2, copy(answering.textProperty().get()));
            actions.setAlignment(Pos.CENTER_RIGHT);
            if (!brief) {
                actions.getChildren().add(action("fth-refresh-cw", "Ask again", () -> viewModel.again(answering)));
            }
            if (!brief) {
                actions.getChildren().addFirst(goOn());
            }
            if (!brief && answer != null) {
                String name = "Replay with the same settings and seed";
                actions.getChildren().add(action("fth-repeat", name, () -> viewModel.replay(answering)));
            }
            versions(actions);
            status.getChildren().addAll(gap, actions);
        }
    }

    /** There as long as the answer is the last one and could say more. */
    private Button goOn() {
        Button button = action("fth-fast-forward", "Continue the answer", () -> viewModel.goOn(answering));
        button.setText("Continue");
        button.visibleProperty()
                .bind(Bindings.createBooleanBinding(() -> viewModel.canGoOn(answering), viewModel.messages()));
        button.managedProperty().bind(button.visibleProperty());
        return button;
    }

    /** Arrows to what was answered otherwise, where there is any. */
    private void versions(HBox actions) {
        TurnTree.Version version = viewModel.version(answering);
        if (version.count() > 1) {
            int at = version.index();
            Button earlier =
                    action("fth-chevron-left", "Version before", () -> viewModel.showVersion(answering, at - 1));
            Button later = action("fth-chevron-right", "Version after", () -> viewModel.showVersion(answering, at + 1));
            if (at == 0) {
                earlier.disableProperty().unbind();
                earlier.setDisable(true);
            }
            if (at == version.count() - 1) {
                later.disableProperty().unbind();
                later.setDisable(true);
            }
            Label place = new Label((at + 1) + " / " + version.count());
            place.setMinWidth(Region.USE_PREF_SIZE);
            actions.getChildren().addAll(earlier, place, later);
        }
    }

    private Button action(String icon, String name, Runnable action) {
        Button button = new Button("", new FontIcon(icon));
        button.getStyleClass().addAll("icon-button", "small");
        button.setAccessibleText(name);
        button.setTooltip(new Tooltip(name));
        button.disableProperty().bind(viewModel.answeringProperty());
        button.setOnAction(e -> action.run());
        return button;
    }

    private String progress() {
        if (answering.interrupted()) {
            return "·   interrupted";
        }
        double share = answering.prefillProperty().get();
        if (!answering.textProperty().get().isEmpty()) {
            return "";
        }
        return share > 0 && share < 1 ? String.format(Locale.ROOT, "·   reading %.0f%%", 100 * share) : "·   thinking…";
    }

    private String statistics(Answer answer) {
        String speed = String.format(Locale.ROOT, "·   %.1f tokens/s", answer.decodeTokensPerSecond());
        String start = String.format(Locale.ROOT, "%sfirst token %.2f s", APART, answer.timeToFirstTokenSeconds());
        return speed + (brief ? "" : start) + ending(answer) + replayed(answer);
    }

    private String replayed(Answer answer) {
        String before = answering.replayed();
        if (before == null) {
            return "";
        }
        return APART + (before.equals(answer.text()) ? "replayed: the same text" : "replayed: another text");
    }

    private static String ending(Answer answer) {
        return switch (answer.stopReason()) {
            case END_OF_TURN -> "";
            case MAX_TOKENS -> APART + "longest answer reached";
            case STOPPED -> APART + "stopped";
            case CONTEXT_FULL -> APART + "it fills the context";
        };
    }

    private static Button copy(String text) {
        Button copy = new Button("", new FontIcon("fth-copy"));
        copy.getStyleClass().addAll("icon-button", "small");
        copy.setAccessibleText("Copy the answer");
        copy.setTooltip(new Tooltip("Copy"));
        copy.setOnAction(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(text);
            Clipboard.getSystemClipboard().setContent(content);
        });
        return copy;
    }
}

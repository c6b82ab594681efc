package dev.matryoshka.ui.models;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.device.DeviceReport;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.ui.size.Figures;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.VBox;

/** The devices with what is known of them, why one was chosen, and the choice of another. */
final class DevicesPane extends VBox {
    private final ModelsViewModel viewModel;
    private final VBox devices = new VBox(8);
    private ToggleGroup group = new ToggleGroup();

    DevicesPane(ModelsViewModel viewModel) {
        super(8);
        this.viewModel = viewModel;
        Button measure = new Button();
        measure.setId("measure");
        measure.getStyleClass().add("plain-button");
        measure.textProperty()
                .bind(viewModel.measuringProperty().map(runs -> runs ? "Measuring…" : "Measure every device"));
        measure.disableProperty().bind(viewModel.measuringProperty().or(viewModel.loadingProperty()));
        measure.setOnAction(e -> viewModel.measure());
        devices.disableProperty().bind(viewModel.loadingProperty());
        getChildren().addAll(devices, measure);
        viewModel.devicesProperty().addListener(property -> show());
        viewModel.choiceProperty().addListener(property -> show());
        show();
    }

    private void show() {
        group = new ToggleGroup();
        devices.getChildren().clear();
        devices.getChildren().add(card(choice(Devices.AUTO, "Automatic"), "the fastest that was measured"));
        String chosen = viewModel.choiceProperty().get().device();
        Survey survey = viewModel.devicesProperty().get();
        if (survey != null) {
            for (DeviceReport each : survey.devices()) {
                DeviceInfo device = each.device();
                boolean automatic = each.equals(survey.devices().getFirst());
                devices.getChildren()
                        .add(card(
                                choice(device.id(), device.name()),
                                kind(device) + " · " + device.api() + " · " + device.driver(),
                                Figures.bytes(device.memory()) + " of memory, " + Figures.bytes(device.free())
                                        + " free",
                                (automatic ? "Automatic choice: " : "Not the automatic choice: ") + each.why()));
            }
            survey.missing().forEach((kind, why) -> devices.getChildren().add(soft(kind + ": " + why)));
        }
        if (group.getToggles().stream().noneMatch(each -> chosen.equals(each.getUserData()))) {
            devices.getChildren().add(card(choice(chosen, chosen), "as it was asked for"));
        }
        group.getToggles().stream()
                .filter(each -> chosen.equals(each.getUserData()))
                .forEach(each -> each.setSelected(true));
        group.selectedToggleProperty().addListener((property, before, now) -> {
            if (now != null) {
                viewModel.use((String) now.getUserData());
            }
        });
    }

    private static String kind(DeviceInfo device) {
        return switch (device.kind()) {
            case DISCRETE -> "graphics card";
            case INTEGRATED -> "graphics of the processor";
            case VIRTUAL -> "virtual graphics";
            case CPU -> "processor";
            case OTHER -> "other device";
        };
    }

    private RadioButton choice(String id, String name) {
        RadioButton button =
                new RadioButton(id.equals(name) || id.equals(Devices.AUTO) ? name : name + "  (" + id + ")");
        button.setUserData(id);
        button.setMnemonicParsing(false);
        button.setId("device-" + id.toLowerCase(Locale.ROOT).replace(':', '-'));
        button.setToggleGroup(group);
        button.setWrapText(true);
        return button;
    }

    private static Node card(RadioButton choice, String... lines) {
        VBox card = new VBox(4, choice);
        for (String line : lines) {
            card.getChildren().add(soft(line));
        }
        card.getStyleClass().add("card");
        return card;
    }

    private static Label soft(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("soft");
        label.setWrapText(true);
        return label;
    }
}

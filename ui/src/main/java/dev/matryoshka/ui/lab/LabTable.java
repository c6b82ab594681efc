package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.ui.size.Figures;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javafx.beans.InvalidationListener;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import org.jspecify.annotations.Nullable;

/** The same as the plot in figures. Enter or a double click uses a slice, a click on a head sorts. */
final class LabTable extends TableView<LabReport.Row> {
    private static final double ROW = 30;
    private static final double WIDE = 150;
    private static final double NARROW = 82;
    private static final double SCROLL_BAR = 26; // where there are many kinds of questions

    private final LabViewModel viewModel;

    LabTable(LabViewModel viewModel) {
        this.viewModel = viewModel;
        setId("lab-table");
        getStyleClass().add("lab-table");
        setAccessibleText("The sizes in figures; Enter uses one");
        setFixedCellSize(ROW);
        setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ENTER) {
                use();
                e.consume();
            }
        });
        setOnMouseClicked(e -> {
            if (e.getClickCount() == 2) {
                use();
            }
        });
        InvalidationListener refresh = property -> show();
        viewModel.reportProperty().addListener(refresh);
        viewModel.size().inUseProperty().addListener(refresh);
        visibleProperty()
                .bind(viewModel.reportProperty().map(report -> !report.rows().isEmpty()));
        managedProperty().bind(visibleProperty());
        show();
    }

    private void use() {
        LabReport.Row chosen = getSelectionModel().getSelectedItem();
        if (chosen != null) {
            viewModel.use(chosen.slice());
        }
    }

    private void show() {
        LabReport report = viewModel.reportProperty().get();
        getColumns()
                .setAll(List.of(column(
                        "Size",
                        WIDE,
                        row -> mark(report, row) + row.slice().slice().name(),
                        null)));
        getColumns()
                .add(column(
                        "Parameters",
                        NARROW + 10,
                        row -> Figures.parameters(row.slice().effectiveParameters()),
                        row -> (double) row.slice().effectiveParameters()));
        getColumns()
                .add(column("Device", NARROW, row -> Figures.bytes(row.slice().deviceBytes()), row ->
                        (double) row.slice().deviceBytes()));
        getColumns()
                .add(column(
                        "Tokens/s",
                        NARROW,
                        row -> figure("%.1f", row.tokensPerSecond()),
                        LabReport.Row::tokensPerSecond));
        getColumns()
                .add(column("Right", NARROW, row -> figure("%.1f%%", 100 * row.accuracy()), LabReport.Row::accuracy));
        getColumns()
                .add(column("Perplexity", NARROW, row -> figure("%.3f", row.perplexity()), LabReport.Row::perplexity));
        for (String kind : report.kinds()) {
            getColumns()
                    .add(column(
                            kind, NARROW, row -> figure("%.1f%%", 100 * share(row, kind)), row -> share(row, kind)));
        }
        getItems().setAll(report.rows());
        double height = ROW * (report.rows().size() + 1) + SCROLL_BAR;
        setMinHeight(height);
        setPrefHeight(height);
    }

    private static double share(LabReport.Row row, String kind) {
        return row.byKind().getOrDefault(kind, Double.NaN);
    }

    private String mark(LabReport report, LabReport.Row row) {
        SliceInfo inUse = viewModel.size().inUseProperty().get();
        boolean used = inUse != null && inUse.slice().equals(row.slice().slice());
        return (used ? "▸ " : "") + (report.onFront(row) ? "★ " : "");
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /** @param order what it is sorted by; null for its text */
    private static TableColumn<LabReport.Row, LabReport.Row> column(
            String title,
            double width,
            Function<LabReport.Row, String> text,
            @Nullable Function<LabReport.Row, Double> order) {
        TableColumn<LabReport.Row, LabReport.Row> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setReorderable(false);
        column.setComparator(order == null ? Comparator.comparing(text) : Comparator.comparing(order));
        column.setCellValueFactory(cell -> new ReadOnlyObjectWrapper<>(cell.getValue()));
        column.setCellFactory(c -> new TableCell<>() {
            @Override
            protected void updateItem(LabReport.@Nullable Row row, boolean empty) {
                super.updateItem(row, empty);
                setText(empty || row == null ? null : text.apply(row));
            }
        });
        if (order != null) {
            column.getStyleClass().add("figures");
        }
        return column;
    }
}

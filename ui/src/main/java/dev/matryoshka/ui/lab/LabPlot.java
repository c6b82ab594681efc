package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.media.image.PngWriter;
import dev.matryoshka.ui.attachment.Pictures;
import dev.matryoshka.ui.lab.LabViewModel.Cost;
import dev.matryoshka.ui.size.Figures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javafx.beans.InvalidationListener;
import javafx.geometry.Bounds;
import javafx.scene.SnapshotParameters;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.paint.Color;
import javafx.scene.transform.Transform;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** Quality against cost; the Pareto front is a line, and each point a button that uses its slice. */
final class LabPlot extends LineChart<Number, Number> {
    private static final double HEIGHT = 300;
    private static final double PNG_SCALE = 2;
    private static final double MARGIN = 0.1;
    private static final int TICKS = 5;

    private final LabViewModel viewModel;

    LabPlot(LabViewModel viewModel) {
        super(axis(), axis());
        this.viewModel = viewModel;
        setId("lab-plot");
        getStyleClass().add("lab-plot");
        setAnimated(false);
        setLegendVisible(false);
        setMinHeight(HEIGHT);
        setPrefHeight(HEIGHT);
        setAccessibleText("Quality of the sizes against what they cost");
        InvalidationListener refresh = property -> show();
        viewModel.reportProperty().addListener(refresh);
        viewModel.costProperty().addListener(refresh);
        viewModel.size().inUseProperty().addListener(refresh);
        show();
    }

    /** Leaves out names that would lie over others; the line's come first. */
    @Override
    protected void layoutPlotChildren() {
        super.layoutPlotChildren();
        List<Bounds> taken = new ArrayList<>();
        for (Series<Number, Number> series : getData()) {
            for (Data<Number, Number> data : series.getData()) {
                if (data.getNode() instanceof LabPoint point) {
                    point.layout();
                    Bounds place = point.localToParent(point.name().getBoundsInParent());
                    boolean free = taken.stream().noneMatch(place::intersects);
                    point.name().setVisible(free);
                    if (free) {
                        taken.add(place);
                    }
                }
            }
        }
    }

    private static NumberAxis axis() {
        NumberAxis axis = new NumberAxis();
        axis.setAutoRanging(false);
        axis.setAnimated(false);
        axis.setMinorTickVisible(false);
        return axis;
    }

    private void show() {
        getData().clear();
        LabReport report = viewModel.reportProperty().get();
        Cost cost = viewModel.costProperty().get();
        boolean asked = report.rows().stream().anyMatch(LabReport.Row::asked);
        label(
                (NumberAxis) getXAxis(),
                switch (cost) {
                    case PARAMETERS -> "effective parameters";
                    case BYTES -> "weights on the device";
                    case SPEED -> "tokens per second";
                },
                value -> switch (cost) {
                    case PARAMETERS -> Figures.parameters((long) value);
                    case BYTES -> Figures.bytes((long) value);
                    case SPEED -> String.format(Locale.ROOT, "%.3g", value);
                });
        label(
                (NumberAxis) getYAxis(),
                asked ? "right" : "perplexity",
                value -> String.format(Locale.ROOT, asked ? "%.1f%%" : "%.3g", value));
        range(
                (NumberAxis) getXAxis(),
                report.rows().stream().mapToDouble(cost::of).toArray());
        range(
                (NumberAxis) getYAxis(),
                report.rows().stream().mapToDouble(row -> quality(row)).toArray());
        Series<Number, Number> front = new Series<>();
        Series<Number, Number> others = new Series<>();
        report.rows().stream()
                .sorted(Comparator.comparingDouble(cost::of))
                .forEach(row ->
                        (report.onFront(row) ? front : others).getData().add(point(row, cost, report.onFront(row))));
        getData().addAll(List.of(front, others));
    }

    private static double quality(LabReport.Row row) {
        return row.asked() ? 100 * row.accuracy() : row.perplexity();
    }

    private XYChart.Data<Number, Number> point(LabReport.Row row, Cost cost, boolean front) {
        Data<Number, Number> data = new Data<>(cost.of(row), quality(row));
        SliceInfo inUse = viewModel.size().inUseProperty().get();
        boolean used = inUse != null && inUse.slice().equals(row.slice().slice());
        data.setNode(new LabPoint(row, front, used, words(row, front), () -> viewModel.use(row.slice())));
        return data;
    }

    /** A row for the ear. */
    static String words(LabReport.Row row, boolean front) {
        String quality = row.asked()
                ? String.format(Locale.ROOT, "%.1f%% right", 100 * row.accuracy())
                : String.format(Locale.ROOT, "perplexity %.3f", row.perplexity());
        return String.format(
                Locale.ROOT,
                "%s: %s effective, %s on the device, %.1f tokens/s, %s%s",
                row.slice().slice().name(),
                Figures.parameters(row.slice().effectiveParameters()),
                Figures.bytes(row.slice().deviceBytes()),
                row.tokensPerSecond(),
                quality,
                front ? "; none is better for its size" : "");
    }

    private interface Words {
        String of(double value);
    }

    private static void label(NumberAxis axis, String name, Words words) {
        axis.setLabel(name);
        axis.setTickLabelFormatter(new StringConverter<>() {
            @Override
            public String toString(Number value) {
                return words.of(value.doubleValue());
            }

            @Override
            public @Nullable Number fromString(String text) {
                return null;
            }
        });
    }

    /** All values with some room around, in a few round steps. */
    private static void range(NumberAxis axis, double[] values) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (values.length == 0) {
            least = 0;
            most = 1;
        }
        double room = most > least ? MARGIN * (most - least) : Math.max(1e-3, MARGIN * Math.abs(most));
        double step = step((most - least + 2 * room) / TICKS);
        axis.setLowerBound(Math.floor((least - room) / step) * step);
        axis.setUpperBound(Math.ceil((most + room) / step) * step);
        axis.setTickUnit(step);
    }

    /** 1, 2 or 5 times a power of ten, not below. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double times = least / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    /** As a picture file, twice as large as on the screen. */
    byte[] png() {
        SnapshotParameters parameters = new SnapshotParameters();
        parameters.setTransform(Transform.scale(PNG_SCALE, PNG_SCALE));
        parameters.setFill(Color.WHITE);
        return PngWriter.bytes(Pictures.of(snapshot(parameters, null)));
    }
}

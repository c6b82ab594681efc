package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.error.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checked access to the fields of a JSON object; every complaint names the field. */
record JsonFields(String file, JsonNode node) {
    /** A whole number of at least {@code min}; {@code otherwise} where the field is absent or null. */
    int whole(String name, int min, int otherwise) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : whole(name, value, min);
    }

    private int whole(String name, JsonNode value, int min) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min) {
            throw wrong(name, value, "a whole number of at least " + min);
        }
        return value.intValue();
    }

    /** A finite number. */
    float real(String name, double otherwise) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? (float) otherwise : real(name, value);
    }

    private float real(String name, JsonNode value) {
        if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
            throw wrong(name, value, "a number");
        }
        return value.floatValue();
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = node.path(name);
        return value.isBoolean() ? value.booleanValue() : otherwise;
    }

    String text(String name, String otherwise) {
        JsonNode value = node.path(name);
        return value.isTextual() ? value.textValue() : otherwise;
    }

    /** A list of whole numbers, a single one standing for {@code count} of them; null where absent. */
    @Nullable
    List<Integer> wholes(String name, int min, int count) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < (value.isArray() ? value.size() : count); i++) {
            numbers.add(whole(name, value.isArray() ? value.get(i) : value, min));
        }
        return numbers;
    }

    /** The same for real numbers. */
    @Nullable
    List<Float> reals(String name, int count) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        List<Float> numbers = new ArrayList<>();
        for (int i = 0; i < (value.isArray() ? value.size() : count); i++) {
            numbers.add(real(name, value.isArray() ? value.get(i) : value));
        }
        return numbers;
    }

    /** A nested object, empty where absent. */
    JsonFields child(String name) {
        return new JsonFields(file, node.path(name));
    }

    ModelFormatException wrong(String name, JsonNode value, String wanted) {
        String shown = value.toString();
        return new ModelFormatException(
                file + " has " + name + " = " + shown.substring(0, Math.min(60, shown.length())) + " instead of "
                        + wanted,
                "fetch the model's configuration again");
    }
}

package dev.matryoshka.engine.weights.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.matryoshka.engine.error.ModelFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a GGUF file says of itself. Long arrays stay where the file is mapped, and end with it. */
public final class GgufMetadata {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final String file;
    private final Map<String, Object> values;

    /**
     * @param file its name, for complaints
     */
    GgufMetadata(String file, Map<String, Object> values) {
        this.file = file;
        this.values = values;
    }

    /** The file's name. */
    public String file() {
        return file;
    }

    /** Every key. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** A value as JSON, numbers without a fraction as whole ones; missing where the file lacks it. */
    public JsonNode find(String key) {
        Object value = values.get(key);
        if (value instanceof GgufArray array) {
            return array.element() == GgufType.STRING ? texts(array) : numbers(array);
        }
        return value == null ? MissingNode.getInstance() : node(value);
    }

    /**
     * The same for a key that the file must have.
     *
     * @throws ModelFormatException it hasn't
     */
    public JsonNode require(String key) {
        if (!values.containsKey(key)) {
            throw lacks(key);
        }
        return find(key);
    }

    private static ArrayNode texts(GgufArray array) {
        ArrayNode node = JSON.arrayNode();
        array.strings(utf8 -> node.add(new String(utf8, StandardCharsets.UTF_8)));
        return node;
    }

    private static ArrayNode numbers(GgufArray array) {
        ArrayNode node = JSON.arrayNode();
        for (int i = 0; i < array.size(); i++) {
            node.add(node(array.get(i)));
        }
        return node;
    }

    /** Publishers write some whole numbers as float32. */
    private static JsonNode node(Object value) {
        return switch (value) {
            case Double d when d == Math.rint(d) && Math.abs(d) < 0x1p53 -> JSON.numberNode(d.longValue());
            case Double d -> JSON.numberNode(d);
            case Long n -> JSON.numberNode(n);
            case Boolean b -> JSON.booleanNode(b);
            default -> JSON.textNode(value.toString());
        };
    }

    /**
     * Hands over each string of an array, in UTF-8 as far as the file keeps to it.
     *
     * @return how many there were
     * @throws ModelFormatException the key is missing or is no array of strings
     */
    public int strings(String key, Consumer<byte[]> consumer) {
        GgufArray array = array(key);
        if (array.element() != GgufType.STRING) {
            throw wrong(key, "strings");
        }
        array.strings(consumer);
        return array.size();
    }

    /**
     * An array of numbers.
     *
     * @throws ModelFormatException the key is missing or is no array of numbers
     */
    public float[] floats(String key) {
        GgufArray array = array(key);
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (array.element() == GgufType.STRING || !(array.get(i) instanceof Number number)) {
                throw wrong(key, "numbers");
            }
            numbers[i] = number.floatValue();
        }
        return numbers;
    }

    private GgufArray array(String key) {
        @Nullable Object value = values.get(key);
        if (value == null) {
            throw lacks(key);
        }
        if (value instanceof GgufArray array) {
            return array;
        }
        throw wrong(key, "an array");
    }

    private ModelFormatException lacks(String key) {
        return new ModelFormatException(file + " lacks " + key, "it is no complete Gemma 3n model, fetch another one");
    }

    private ModelFormatException wrong(String key, String wanted) {
        return new ModelFormatException(file + " has no " + wanted + " at " + key, "fetch the model again");
    }
}

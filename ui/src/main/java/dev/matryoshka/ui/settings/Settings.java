package dev.matryoshka.ui.settings;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.GenerationConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the person set and finds again after a restart.
 *
 * @param preset how answers are sampled
 * @param own what {@link Preset#OWN} means; its seed and length count for nothing
 * @param seed of every answer; null draws one for each
 * @param maxTokens longest answer, in tokens
 * @param system what new chats begin with, empty for nothing
 * @param fontSize of running text, in pixels
 * @param perLayerBytes budget of the cache of per-layer rows; null leaves the program's own
 * @param place of the window; null before it was moved
 * @param engine what answers
 */
public record Settings(
        Preset preset,
        GenerationConfig own,
        @Nullable Long seed,
        int maxTokens,
        String system,
        Appearance appearance,
        int fontSize,
        @Nullable Long perLayerBytes,
        @Nullable Place place,
        Engine engine) {
    public static final int SMALLEST_FONT = 11;
    public static final int LARGEST_FONT = 24;
    private static final int FONT = 14;
    private static final int MAX_TOKENS = 1024;

    /** As the program begins. */
    public static final Settings DEFAULTS = new Settings(
            Preset.MODEL,
            sampling(0.7f, 64, 0.95f, 0, 1),
            null,
            MAX_TOKENS,
            "",
            Appearance.SYSTEM,
            FONT,
            null,
            null,
            Engine.DEFAULT);

    public Settings {
        fontSize = Math.clamp(fontSize, SMALLEST_FONT, LARGEST_FONT);
        maxTokens = Math.max(1, maxTokens);
    }

    /** Ways to sample that have a name. */
    public enum Preset {
        /** What the model's makers recommend. */
        MODEL("Model's own"),
        PRECISE("Precise"),
        BALANCED("Balanced"),
        CREATIVE("Creative"),
        OWN("My own");

        private final String words;

        Preset(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Light or dark. */
    public enum Appearance {
        SYSTEM("As the system"),
        LIGHT("Light"),
        DARK("Dark");

        private final String words;

        Appearance(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Where a window lies on the screens, in pixels. */
    public record Place(double x, double y, double width, double height) {}

    /**
     * Which model answers where.
     *
     * @param model see {@link dev.matryoshka.ui.ModelChoice}; null for the one that ships with the program
     * @param device see there
     * @param added folders and GGUF files of the person's own, in the order in which they came
     */
    public record Engine(@Nullable String model, String device, List<String> added) {
        static final Engine DEFAULT = new Engine(null, Devices.AUTO, List.of());

        public Engine {
            added = List.copyOf(added);
        }
    }

    /** How a model with these recommendations answers. */
    public GenerationConfig generation(GenerationConfig recommended) {
        GenerationConfig base = switch (preset) {
            case MODEL -> recommended;
            case PRECISE -> sampling(0.2f, 40, 0.9f, 0.05f, 1);
            case BALANCED -> sampling(0.7f, 64, 0.95f, 0, 1);
            case CREATIVE -> sampling(1.2f, 0, 0.98f, 0.02f, 1.05f);
            case OWN -> own;
        };
        return new GenerationConfig(
                base.temperature(),
                base.topK(),
                base.topP(),
                base.minP(),
                base.repetitionPenalty(),
                recommended.seed(),
                maxTokens);
    }

    private static GenerationConfig sampling(float temperature, int topK, float topP, float minP, float penalty) {
        return new GenerationConfig(temperature, topK, topP, minP, penalty, 0, MAX_TOKENS);
    }

    public Settings withPreset(Preset value) {
        return new Settings(value, own, seed, maxTokens, system, appearance, fontSize, perLayerBytes, place, engine);
    }

    /** The same with sampling of the person's own. */
    public Settings withOwn(GenerationConfig value) {
        return new Settings(
                Preset.OWN, value, seed, maxTokens, system, appearance, fontSize, perLayerBytes, place, engine);
    }

    public Settings withSeed(@Nullable Long value) {
        return new Settings(preset, own, value, maxTokens, system, appearance, fontSize, perLayerBytes, place, engine);
    }

    public Settings withMaxTokens(int value) {
        return new Settings(preset, own, seed, value, system, appearance, fontSize, perLayerBytes, place, engine);
    }

    public Settings withSystem(String value) {
        return new Settings(preset, own, seed, maxTokens, value, appearance, fontSize, perLayerBytes, place, engine);
    }

    public Settings withAppearance(Appearance value) {
        return new Settings(preset, own, seed, maxTokens, system, value, fontSize, perLayerBytes, place, engine);
    }

    public Settings withFontSize(int value) {
        return new Settings(preset, own, seed, maxTokens, system, appearance, value, perLayerBytes, place, engine);
    }

    public Settings withPerLayerBytes(@Nullable Long value) {
        return new Settings(preset, own, seed, maxTokens, system, appearance, fontSize, value, place, engine);
    }

    public Settings withPlace(Place value) {
        return new Settings(preset, own, seed, maxTokens, system, appearance, fontSize, perLayerBytes, value, engine);
    }

    public Settings withEngine(Engine value) {
        return new Settings(preset, own, seed, maxTokens, system, appearance, fontSize, perLayerBytes, place, value);
    }
}

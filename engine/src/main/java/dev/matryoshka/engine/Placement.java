package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.lora.LoraAdapter;
import dev.matryoshka.engine.text.Adaptation;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.LoadedAdapter;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model on a device: everything of it that a device holds. Kept until its last session ends, even after it was left. */
final class Placement implements AutoCloseable {
    private final String device;
    private final String reason;
    private final boolean fallback;
    private final Backend backend;
    private final Towers towers;
    private final Decoder decoder;
    private final ResidencyWorker residency;
    private final InputEmbedder embedder;
    private final String type;
    private final Map<LoraAdapter, LoadedAdapter> adapters = new HashMap<>();
    private int sessions;
    private boolean left;

    /**
     * A device and why it is this one.
     *
     * @param device its name, see {@link Devices#open}
     * @param reason one clause for people
     * @param fallback whether it stands in for one that failed
     */
    record Choice(String device, String reason, boolean fallback) {}

    /**
     * Opens the device and loads what the decoder needs.
     *
     * @param contextLimit tokens of a conversation that must find room as well
     * @param resident the most of the decoder that a device keeps, null for all of it; the CPU maps the file anyway
     */
    Placement(
            Choice choice,
            ModelConfig config,
            AudioFeatureConfig audioFeatures,
            WeightSource weights,
            int contextLimit,
            @Nullable ResidentMaximum resident) {
        device = choice.device();
        reason = choice.reason();
        fallback = choice.fallback();
        backend = Devices.open(device);
        try {
            MatFormerSlice maximum = maximum(config.text(), weights, onCpu() ? null : resident);
            if (!onCpu()) {
                MemoryPlan.of(config, weights, contextLimit, backend, maximum).requireFits(backend.freeBytes(), device);
            }
            towers = new Towers(config, audioFeatures, weights, backend);
            TextWeights text = TextWeights.load(weights, config.text(), backend, maximum);
            type = text.embedTokens().type().name();
            decoder = new Decoder(config.text(), text);
            residency = new ResidencyWorker(decoder.layers());
            embedder = new InputEmbedder(text.embedTokens(), config.text(), textVocabulary(config), towers::embed);
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    private MatFormerSlice maximum(TextConfig config, WeightSource weights, @Nullable ResidentMaximum resident) {
        MatFormerSlice maximum = switch (resident) {
            case null -> MatFormerSlice.whole(config);
            case ResidentMaximum.OfSlice of -> of.choice().apply(config);
            case ResidentMaximum.OfBytes of ->
                MemoryPlan.largest(
                        MemoryPlan.residentSizes(config, weights, backend, MatFormerSlice.whole(config), false),
                        of.bytes());
        };
        maximum.check(config);
        return maximum;
    }

    /** Ids from here on belong to the picture and sound vocabularies. */
    static int textVocabulary(ModelConfig config) {
        int end = config.vision() == null
                ? config.text().vocabSize()
                : config.vision().vocabOffset();
        return config.audio() == null ? end : Math.min(end, config.audio().vocabOffset());
    }

    /** Whether it is on the device that needs no other to fall back on. */
    boolean onCpu() {
        return device.equals("cpu") || device.startsWith("cpu:");
    }

    String reason() {
        return reason;
    }

    boolean fallback() {
        return fallback;
    }

    Backend backend() {
        return backend;
    }

    Towers towers() {
        return towers;
    }

    Decoder decoder() {
        return decoder;
    }

    InputEmbedder embedder() {
        return embedder;
    }

    /** Brings layers to the device and takes them away. */
    ResidencyWorker residency() {
        return residency;
    }

    /** Adapters on its device, loaded now where they aren't yet. */
    synchronized List<Adaptation.Use> adapters(List<AdapterUse> uses) {
        return uses.stream()
                .map(use -> new Adaptation.Use(
                        adapters.computeIfAbsent(use.adapter(), a -> new LoadedAdapter(a, backend)), use.strength()))
                .toList();
    }

    /** Stored type of the token table, for people. */
    String type() {
        return type;
    }

    synchronized void enter() {
        sessions++;
    }

    synchronized void exit() {
        sessions--;
        if (left && sessions == 0) {
            close();
        }
    }

    /** The model is somewhere else from now on. */
    synchronized void leave() {
        left = true;
        if (sessions == 0) {
            close();
        }
    }

    @Override
    public void close() {
        residency.close();
        towers.close();
        backend.close();
    }
}

package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.AudioFeatureConfig;
import dev.matryoshka.engine.config.AudioFeatureReader;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.device.DeviceReport;
import dev.matryoshka.engine.device.DeviceSelector;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.lora.LoraAdapter;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.engine.weights.TableStatus;
import dev.matryoshka.engine.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A loaded model. Conversations share its weights; each has its own keys and values. */
public final class Gemma3n implements AutoCloseable {
    private static final int MAX_TOKENS = 1024;
    private static final String CPU = "cpu";
    private static final int SAMPLES_PER_SECOND = 16_000;

    private final LoadOptions options;
    private final ModelConfig config;
    private final MatFormerSlice slice;
    private final WeightSource weights;
    private final AudioFeatureConfig audioFeatures;
    private final @Nullable Tokenizer tokenizer;
    private final Map<Path, LoraAdapter> opened = new HashMap<>();
    private volatile List<AdapterUse> adapters = List.of();
    private volatile long perLayerBudget = PerLayerEmbeddings.DEFAULT_BUDGET;
    private volatile Placement placement;

    private Gemma3n(Checkpoint checkpoint, LoadOptions options, Supplier<DeviceSelector> selector) {
        this.options = options;
        config = checkpoint.config();
        audioFeatures = checkpoint.audioFeatures();
        weights = checkpoint.weights();
        tokenizer = checkpoint.tokenizer();
        MatFormerSlice chosen = options.slice().apply(config.text());
        chosen.check(config.text());
        MemoryCheck.weights(weights);
        placement = options.device().equals(Devices.AUTO)
                ? place(selector.get().forStart())
                : place(new Placement.Choice(options.device(), "asked for", false));
        try {
            placement.decoder().check(chosen);
            slice = chosen.common(placement.decoder().layers().limit());
        } catch (RuntimeException e) {
            placement.close();
            throw e;
        }
    }

    private Placement place(Placement.Choice choice) {
        Placement made = new Placement(choice, config, audioFeatures, weights, contextLimit(), options.resident());
        made.decoder().perLayerEmbeddings().budget(perLayerBudget);
        return made;
    }

    /** On the first of several devices that has room for the model and doesn't fail. */
    private Placement place(Survey survey) {
        List<String> failures = new ArrayList<>(survey.failures());
        for (DeviceReport each : survey.eligible()) {
            String device = each.device().id();
            try {
                boolean fallback = !failures.isEmpty();
                return place(
                        new Placement.Choice(device, fallback ? String.join("; ", failures) : each.why(), fallback));
            } catch (DeviceException | InsufficientMemoryException e) {
                if (device.equals(CPU)) {
                    throw e;
                }
                failures.add(e.problem());
            }
        }
        throw new IllegalStateException("no CPU among the devices");
    }

    /**
     * Goes over to the CPU.
     *
     * @param failed where it was
     * @param cause what happened there; thrown again where there is nothing to fall back on
     * @return where the model is now, entered
     */
    synchronized Placement fallBack(Placement failed, MatryoshkaException cause) {
        if (failed.onCpu()) {
            throw cause;
        }
        if (placement == failed) {
            placement = place(new Placement.Choice(CPU, cause.problem(), true));
            failed.leave();
        }
        return enter();
    }

    /** Where the model is now: kept until the caller exits. */
    synchronized Placement enter() {
        placement.enter();
        return placement;
    }

    /**
     * Loads a Hugging Face folder or a GGUF file.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it can't be loaded, with the reason and what to do
     */
    public static Gemma3n load(Path model, LoadOptions options) {
        return load(model, options, Devices::selector);
    }

    static Gemma3n load(Path model, LoadOptions options, Supplier<DeviceSelector> selector) {
        return of(Checkpoint.open(model, options.projector()), options, selector);
    }

    private static Gemma3n of(Checkpoint checkpoint, LoadOptions options, Supplier<DeviceSelector> selector) {
        try {
            return new Gemma3n(checkpoint, options, selector);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Weights by formula for the configuration of a folder, to compare implementations and measure speed at any size. It
     * has no tokenizer and so holds no chats.
     */
    public static Gemma3n synthetic(Path folder, long seed, LoadOptions options) {
        return synthetic(folder, DType.BF16, seed, options);
    }

    /** The same with matrices of another type, where their rows are whole blocks of it. */
    public static Gemma3n synthetic(Path folder, DType type, long seed, LoadOptions options) {
        ModelConfig config = ConfigReader.read(folder);
        String prefix = config.vision() == null && config.audio() == null ? "model." : "model.language_model.";
        WeightSource weights = SyntheticWeights.onDemand(prefix, config.text(), seed, type);
        return of(new Checkpoint(config, AudioFeatureReader.read(folder), weights, null), options, Devices::selector);
    }

    /**
     * The same for a published model without its towers, whose files need not be there.
     *
     * @param name see {@link PublishedModels#textOnly}
     * @param type stored type of its matrices
     */
    public static Gemma3n synthetic(String name, DType type, long seed, LoadOptions options) {
        ModelConfig config = PublishedModels.textOnly(name);
        WeightSource weights = SyntheticWeights.onDemand("model.", config.text(), seed, type);
        return of(new Checkpoint(config, AudioFeatureConfig.DEFAULT, weights, null), options, Devices::selector);
    }

    /** Opens a conversation. */
    public ChatSession newChat(String system) {
        return new Conversation(encoder(system), new PlacedSession(this, contextLimit()));
    }

    PromptEncoder encoder(String system) {
        if (tokenizer == null) {
            throw new InvalidRequestException(
                    options.id() + " has no tokenizer.json",
                    "add the one that belongs to the model; without it there is only probe");
        }
        return new PromptEncoder(config, tokenizer, this::towers, system);
    }

    int contextLimit() {
        return Math.min(options.contextLimit(), config.text().maxPositionEmbeddings());
    }

    DecoderSession session(int limit) {
        return session(placement, slice, limit, new TokenSequence());
    }

    DecoderSession session(Placement on, MatFormerSlice with, int limit, TokenSequence tokens) {
        DecoderSession session = new DecoderSession(on.backend(), on.decoder(), on.embedder(), with, limit, tokens);
        try {
            List<AdapterUse> uses = adapters;
            if (!uses.isEmpty()) {
                session.useAdapters(on.adapters(uses));
            }
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /**
     * Goes on with some LoRA adapters, from the next token on in every conversation, which is computed again first. Nothing is merged:
     * they work with weights of any type and any slice, together and in any strength. Once loaded they stay with the device.
     *
     * @param choices none for the model as it is
     * @throws MatryoshkaException one can't be used; everything stays as it was
     */
    public synchronized void useAdapters(List<AdapterChoice> choices) {
        List<AdapterUse> uses = new ArrayList<>();
        for (AdapterChoice choice : choices) {
            if (!Float.isFinite(choice.strength())) {
                throw new InvalidRequestException(
                        "an adapter of strength " + choice.strength(), "use a number such as 0.5");
            }
            Path folder = choice.folder().toAbsolutePath().normalize();
            uses.add(new AdapterUse(
                    opened.computeIfAbsent(folder, f -> LoraAdapter.open(f, config.text())), choice.strength()));
        }
        adapters = List.copyOf(uses);
    }

    /** The adapters that {@link #useAdapters} was given. */
    public List<AdapterChoice> adapterChoices() {
        return adapters.stream()
                .map(use -> new AdapterChoice(use.adapter().folder(), use.strength()))
                .toList();
    }

    /** Those in use. */
    List<AdapterUse> adapters() {
        return adapters;
    }

    /** @throws dev.matryoshka.engine.error.ModelFormatException its files have been cut off since they were opened */
    void requireWhole() {
        weights.requireWhole();
        adapters.forEach(use -> use.adapter().requireWhole());
    }

    /** What this model recommends. */
    public GenerationConfig defaultGeneration() {
        ModelConfig.SamplingDefaults d = config.sampling();
        return new GenerationConfig(d.temperature(), d.topK(), d.topP(), 0, 1, 0, MAX_TOKENS);
    }

    /** For people to read. */
    public ModelInfo info() {
        Placement now = placement;
        return new ModelInfo(
                options.id(),
                ModelSize.all(weights),
                ModelSize.effective(config.text(), slice),
                now.type(),
                contextLimit(),
                config.vision() == null ? 0 : config.imageSoftTokens(),
                config.audio() == null ? 0 : config.audioSoftTokens(),
                now.backend().device(),
                now.reason(),
                now.fallback(),
                slice.name());
    }

    /** Longest sound that {@link PromptPart.Audio} may bring, in samples at 16 kHz; 0 where the model hears none. */
    public int maxAudioSamples() {
        return towers().maxSamples();
    }

    /** The same in seconds. */
    public double maxAudioSeconds() {
        return (double) maxAudioSamples() / SAMPLES_PER_SECOND;
    }

    /** Ids from here on belong to the picture and sound vocabularies. */
    int textVocabulary() {
        return Placement.textVocabulary(config);
    }

    /** Where it is now. */
    Placement placement() {
        return placement;
    }

    /** The table of per-layer embeddings and the cache of its rows, which all conversations share. Counts the table's pages. */
    public TableStatus perLayerTable() {
        return placement.decoder().perLayerEmbeddings().status();
    }

    /** What it holds on its device and of its per-layer table now; from any thread, also in the middle of an answer. */
    public MemoryUse memory() {
        Placement now = enter();
        try {
            return new MemoryUse(
                    now.backend().device(),
                    now.backend().memory(),
                    now.backend().freeBytes(),
                    now.onCpu() ? null : now.residency().status(),
                    now.decoder().perLayerEmbeddings().status());
        } finally {
            now.exit();
        }
    }

    /**
     * Changes how much of the decoder its device keeps; from any thread, also in the middle of an answer. What is missing comes layer
     * by layer, between two tokens; what is more goes, and who uses it comes down to the rest.
     *
     * @throws InvalidRequestException it is on the CPU, which keeps nothing
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    public void resident(MatFormerSlice maximum) {
        Placement now = enter();
        try {
            if (now.onCpu()) {
                throw new InvalidRequestException(
                        "the CPU maps the model's file and keeps no copy of it",
                        "choose a device with memory of its own (--device vulkan)");
            }
            now.decoder().check(maximum);
            now.residency().want(maximum);
        } finally {
            now.exit();
        }
    }

    /** What the weights of its elastic sizes take on its device, or would where the CPU copied them; the largest first. */
    public List<ResidentSize> residentSizes() {
        Placement now = enter();
        try {
            return residentSizes(now, MatFormerSlice.whole(config.text()), false);
        } finally {
            now.exit();
        }
    }

    private List<ResidentSize> residentSizes(Placement on, MatFormerSlice widest, boolean exact) {
        return MemoryPlan.residentSizes(config.text(), weights, on.backend(), widest, exact);
    }

    /** The largest elastic size up to one that takes no more memory. */
    MatFormerSlice largest(Placement on, MatFormerSlice widest, Elastic.DeviceMemory target) {
        return MemoryPlan.largest(residentSizes(on, widest, target.exact()), target.bytes());
    }

    /**
     * Changes what that cache may hold, {@link PerLayerEmbeddings#DEFAULT_BUDGET} at first; from any thread, also in the middle of an
     * answer, which stays the same.
     *
     * @param bytes of dequantised rows, 0 for none
     */
    public synchronized void budgetPerLayerCache(long bytes) {
        if (bytes < 0) {
            throw new InvalidRequestException("a cache of " + bytes + " bytes", "use 0 or more");
        }
        perLayerBudget = bytes;
        placement.decoder().perLayerEmbeddings().budget(bytes);
    }

    /** Its hyper-parameters. */
    public ModelConfig config() {
        return config;
    }

    Backend backend() {
        return placement.backend();
    }

    Decoder decoder() {
        return placement.decoder();
    }

    InputEmbedder embedder() {
        return placement.embedder();
    }

    /** The slice that conversations begin with. */
    public MatFormerSlice slice() {
        return slice;
    }

    /**
     * What each of its slices costs.
     *
     * @param saved folder of the user's own slices; null for none
     */
    public ModelSlices slices(@Nullable Path saved) {
        return ModelSlices.of(weights, new SliceCatalog(config.text(), saved));
    }

    Towers towers() {
        return placement.towers();
    }

    @Override
    public void close() {
        placement.close();
        weights.close();
        opened.values().forEach(LoraAdapter::close);
    }
}

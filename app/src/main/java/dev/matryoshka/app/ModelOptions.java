package dev.matryoshka.app;

import dev.matryoshka.engine.AdapterChoice;
import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.ResidentMaximum;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
final class ModelOptions {
    private static final String SYNTHETIC = "synthetic:";
    private static final String WHOLE = "whole";
    private static final long PER_LAYER_BYTES = 64L << 20;

    @Option(
            names = "--model",
            paramLabel = "ID|FOLDER|GGUF",
            description =
                    "Hub id, folder, GGUF file, 'embedded', or synthetic:FOLDER for weights by formula (default: embedded,"
                            + " in the window the one that was used last).")
    private @Nullable String model; // null where nothing was said, as below

    @Option(
            names = "--mmproj",
            paramLabel = "FILE",
            description = "A GGUF model's towers for pictures and sounds (default: an mmproj file beside it).")
    private @Nullable Path projector;

    @Option(
            names = "--type",
            paramLabel = "T",
            description = "Quantise a folder's matrices: q8_0, q6_k, q5_k, q4_k, q4_0; made once and kept in the cache"
                    + " (default: the folder as it is).")
    private @Nullable String type;

    @Option(
            names = "--slice",
            paramLabel = "NAME|SHARE|FILE",
            description = "Mix-n-Match slice: a name that 'slices' lists, a share of each layer such as 0.75, or a JSON"
                    + " file with skip and ffn.")
    String slice = WHOLE;

    @Option(
            names = "--device",
            paramLabel = "D",
            description =
                    "What computes: cpu, cpu:THREADS, vulkan, vulkan:N, opencl, opencl:N, or auto for the fastest that"
                            + " 'matryoshka devices' shows (default: auto, in the window what was chosen last).")
    private @Nullable String device;

    @Option(
            names = "--resident",
            paramLabel = "SLICE|BYTES",
            description =
                    "The most of the model that a GPU keeps: a slice as in --slice, or bytes of weights such as 1.5GB, for"
                            + " the largest size within. Larger sizes are fetched when they are asked for. The CPU keeps nothing.")
    private @Nullable String resident;

    @Option(names = "--context", paramLabel = "N", description = "Tokens a conversation can hold (default: 4096).")
    int context = LoadOptions.DEFAULT_CONTEXT;

    @Option(
            names = "--ple-cache",
            paramLabel = "MB",
            description = "Megabytes of per-layer embeddings to keep dequantised, 0 for none (default: 64).")
    private @Nullable Long perLayerMegabytes;

    @Option(
            names = "--adapter",
            paramLabel = "FOLDER[:STRENGTH]",
            description = "A LoRA adapter as PEFT saves it, at 1 or another strength; may be given several times.")
    private List<String> adapters = new ArrayList<>();

    private String otherwiseModel = ModelStore.EMBEDDED;
    private String otherwiseDevice = Devices.AUTO;
    private long otherwisePerLayerBytes = PER_LAYER_BYTES;

    /** Takes what the command line leaves open from what the person set earlier; null where nothing was set. */
    void otherwise(@Nullable String setModel, String setDevice, @Nullable Long setPerLayerBytes) {
        otherwiseModel = setModel == null ? ModelStore.EMBEDDED : setModel;
        otherwiseDevice = setDevice;
        otherwisePerLayerBytes = setPerLayerBytes == null ? PER_LAYER_BYTES : setPerLayerBytes;
    }

    String model() {
        return model == null ? otherwiseModel : model;
    }

    String device() {
        return device == null ? otherwiseDevice : device;
    }

    /** The same for another model or device; a slice, a type and towers belong to the model that they were named with. */
    ModelOptions with(String otherModel, String otherDevice) {
        ModelOptions other = new ModelOptions();
        other.model = otherModel;
        other.device = otherDevice;
        other.slice = otherModel.equals(model()) ? slice : WHOLE;
        other.resident = otherModel.equals(model()) ? resident : null;
        other.projector = otherModel.equals(model()) ? projector : null;
        other.adapters = otherModel.equals(model()) ? adapters : List.of();
        other.type = otherModel.equals(model()) ? type : null;
        other.context = context;
        other.otherwisePerLayerBytes = perLayerBytes();
        return other;
    }

    /** Loads the model that was asked for; {@code seed} makes synthetic weights. Says so if a device failed. */
    Gemma3n load(long seed) {
        Gemma3n loaded = configured(find(seed));
        if (loaded.info().fallback()) {
            Terminal.note(loaded.info());
        }
        return loaded;
    }

    /** The same model with what concerns the host. */
    Gemma3n configured(Gemma3n loaded) {
        try {
            loaded.budgetPerLayerCache(perLayerBytes());
            loaded.useAdapters(adapters.stream().map(ModelOptions::adapter).toList());
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /** What stands behind the last colon is a strength where it is a number: paths may have colons of their own. */
    static AdapterChoice adapter(String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0) {
            try {
                float strength = Float.parseFloat(text.substring(colon + 1));
                return new AdapterChoice(Path.of(text.substring(0, colon)), strength);
            } catch (NumberFormatException e) {
                return new AdapterChoice(Path.of(text), 1);
            }
        }
        return new AdapterChoice(Path.of(text), 1);
    }

    private long perLayerBytes() {
        return perLayerMegabytes == null ? otherwisePerLayerBytes : perLayerMegabytes << 20;
    }

    private Gemma3n find(long seed) {
        String name = model();
        LoadOptions options = options(name);
        if (name.startsWith(SYNTHETIC)) {
            return Gemma3n.synthetic(Path.of(name.substring(SYNTHETIC.length())), seed, options);
        }
        AppFolders folders = AppFolders.ofUser();
        ModelStore.Found found = new ModelStore(folders).find(name);
        if (type == null) {
            return Gemma3n.load(found.path(), options);
        }
        DType wanted = exportType(type);
        ShareProgress progress = new ShareProgress("quantising " + name + " to " + type + ", once:");
        return Gemma3n.load(new QuantizedModels(folders.cache()).find(found, wanted, progress), options);
    }

    /** What {@code --type} says; null where it says nothing. */
    @Nullable
    String type() {
        return type;
    }

    /** The other options, for a model of this name. */
    LoadOptions options(String id) {
        ResidentMaximum maximum = resident == null ? null : resident(resident);
        return new LoadOptions(id, device(), config -> catalog(config).find(slice), context, projector, maximum);
    }

    private static ResidentMaximum resident(String text) {
        OptionalLong bytes = ByteCount.parse(text);
        return bytes.isPresent()
                ? new ResidentMaximum.OfBytes(bytes.getAsLong())
                : new ResidentMaximum.OfSlice(config -> catalog(config).find(text));
    }

    /** The slices of a model, the user's own among them. */
    static SliceCatalog catalog(TextConfig config) {
        return new SliceCatalog(config, AppFolders.ofUser().slices());
    }

    /** The stored type of weights by its name. */
    static DType storedType(String name) {
        return oneOf(DType.weights(), name);
    }

    /** The type of a GGUF file's matrices by its name. */
    static DType exportType(String name) {
        return oneOf(GgufExport.TYPES, name);
    }

    /** One of some types by its name. */
    static DType oneOf(Collection<DType> types, String name) {
        return types.stream()
                .filter(t -> t.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "there is no type '" + name + "' here",
                        "use one of "
                                + types.stream()
                                        .map(t -> t.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }
}

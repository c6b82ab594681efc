package dev.matryoshka.app;

import dev.matryoshka.app.hub.HubCache;
import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.app.hub.HubSettings;
import dev.matryoshka.app.hub.Pull;
import dev.matryoshka.app.hub.Removal;
import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.ui.models.ModelEntry;
import dev.matryoshka.ui.models.ModelEntry.Origin;
import dev.matryoshka.ui.models.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The models that {@code list} lists and those that the person added; what {@code show}, {@code pull} and {@code rm} do. */
final class LocalModels implements Models {
    private final ModelStore store;
    private final ModelCatalog catalog;
    private final Map<String, String> environment;
    private final int context;
    private final Supplier<@Nullable MemoryUse> inUse;

    /**
     * @param context tokens of a conversation
     * @param inUse what the model in use holds, which goes when another one comes; null while there is none
     */
    LocalModels(AppFolders folders, int context, Supplier<@Nullable MemoryUse> inUse) {
        store = new ModelStore(folders);
        catalog = new ModelCatalog(store);
        environment = folders.environment();
        this.context = context;
        this.inUse = inUse;
    }

    @Override
    public List<ModelEntry> list(List<String> added) {
        List<ModelEntry> models = new ArrayList<>();
        for (ModelCatalog.Entry entry : catalog.entries()) {
            models.add(model(entry, entry.path(), origin(entry)));
        }
        for (String place : added) {
            Path path = Path.of(place);
            List<ModelEntry> found = under(path);
            models.addAll(found.isEmpty() ? List.of(gone(path)) : found);
        }
        return models;
    }

    private static Origin origin(ModelCatalog.Entry entry) {
        if (entry.id().equals(ModelStore.EMBEDDED)) {
            return Origin.EMBEDDED;
        }
        return entry.begun() ? Origin.BEGUN : Origin.FETCHED;
    }

    private static ModelEntry model(ModelCatalog.Entry entry, Path place, Origin origin) {
        String name = switch (origin) {
            case EMBEDDED -> "Demo model";
            case FETCHED, BEGUN -> entry.id();
            case ADDED -> entry.path().getFileName().toString();
        };
        String licence = origin == Origin.BEGUN ? "" : ModelCatalog.licence(entry);
        String problem = origin == Origin.BEGUN ? "not all of it is here yet: Go on fetches the rest" : entry.problem();
        return new ModelEntry(entry.id(), name, origin, place, entry.diskBytes(), licence, problem);
    }

    private List<ModelEntry> under(Path place) {
        return catalog.under(place).stream()
                .map(entry -> model(entry, place, Origin.ADDED))
                .toList();
    }

    private static ModelEntry gone(Path place) {
        String problem = "there is no Gemma 3n model any more: bring it back, or forget it";
        return new ModelEntry(
                place.toString(), String.valueOf(place.getFileName()), Origin.ADDED, place, 0, "", problem);
    }

    @Override
    public List<ModelEntry> look(Path place) {
        List<ModelEntry> found = under(place.toAbsolutePath());
        if (found.isEmpty()) {
            throw new ModelNotFoundException(
                    place + " holds no Gemma 3n model",
                    "choose a GGUF file, or a folder with config.json, tokenizer.json and model.safetensors");
        }
        String problem = found.getFirst().problem();
        if (found.size() == 1 && problem != null) {
            throw new InvalidRequestException(place + " can't be used", problem);
        }
        return found;
    }

    @Override
    public ModelDetails details(ModelEntry entry, String device) {
        return ModelDetails.of(store.find(entry.id()).path(), device, context, inUse.get());
    }

    @Override
    public void fetch(String id, String token, Progress progress, BooleanSupplier stop) {
        HubSettings settings = HubSettings.of(environment);
        Pull.run(
                HubId.parse(id.strip()),
                store.caches().getFirst(),
                token.isBlank() ? settings : settings.with(token.strip()),
                progress::onBytes,
                stop);
    }

    @Override
    public void remove(ModelEntry entry) {
        HubId id = HubId.parse(entry.id());
        HubCache cache = store.caches().stream()
                .filter(each -> each.bytes(id) >= 0)
                .findFirst()
                .orElseThrow(() -> new ModelNotFoundException(id + " is not there any more", "nothing is left to do"));
        try {
            Removal.remove(cache, id);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    "not all of " + id + " could be removed (" + e.getMessage() + ")",
                    "check that you may write to " + cache.root() + ", then do it again",
                    e);
        }
    }

    @Override
    public Survey devices(boolean anew) {
        return anew ? Devices.selector().everything() : Devices.selector().forStart();
    }
}

package dev.matryoshka.engine.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.config.Json;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The weights of a Hugging Face folder: {@code model.safetensors}, or shards with an index. */
public final class Weights implements WeightSource {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final List<SafetensorsFile> files;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private Weights(Path folder, List<SafetensorsFile> files) {
        this.files = files;
        for (SafetensorsFile file : files) {
            file.tensors().forEach((name, tensor) -> {
                if (tensors.putIfAbsent(name, tensor) != null) {
                    throw new ModelFormatException(
                            folder.getFileName() + " has " + name + " in two of its shards", "fetch the model again");
                }
            });
        }
    }

    /**
     * Maps every shard of a folder.
     *
     * @throws ModelNotFoundException there are no weights
     * @throws ModelFormatException a file is damaged, or the index names what isn't there
     */
    public static WeightSource open(Path folder) {
        Path index = folder.resolve(INDEX);
        if (!Files.exists(index)) {
            if (!Files.exists(folder.resolve(SINGLE))) {
                throw new ModelNotFoundException(
                        folder + " holds no " + SINGLE + " and no " + INDEX,
                        "name the folder of a complete model in safetensors format");
            }
            return SafetensorsFile.open(folder.resolve(SINGLE));
        }
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            Map<String, String> places = places(index);
            for (String shard : new TreeSet<>(places.values())) {
                files.add(SafetensorsFile.open(shard(folder, shard)));
            }
            Weights weights = new Weights(folder, files);
            places.keySet().stream()
                    .filter(name -> !weights.tensors.containsKey(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new ModelFormatException(
                                INDEX + " names " + name + ", which no shard holds", "fetch the model again");
                    });
            return weights;
        } catch (RuntimeException e) {
            files.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static Map<String, String> places(Path index) {
        JsonNode map = Json.read(index).path("weight_map");
        if (!map.isObject()) {
            throw new ModelFormatException(INDEX + " has no weight_map", "fetch the model again");
        }
        Map<String, String> places = new HashMap<>();
        map.properties().forEach(e -> places.put(e.getKey(), e.getValue().asText()));
        return places;
    }

    private static Path shard(Path folder, String name) {
        if (!name.matches("[A-Za-z0-9._-]+") || name.startsWith(".")) {
            throw new ModelFormatException(
                    INDEX + " names the shard '" + name + "', which is no plain file name",
                    "do not use this model: its index points outside its folder");
        }
        Path shard = folder.resolve(name);
        if (!Files.exists(shard)) {
            throw new ModelFormatException("the shard " + name + " is missing", "finish the download of the model");
        }
        return shard;
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        files.forEach(file -> shapes.putAll(file.shapes()));
        return shapes;
    }

    @Override
    public @Nullable Tensor find(String name) {
        return tensors.get(name);
    }

    @Override
    public void requireWhole() {
        files.forEach(SafetensorsFile::requireWhole);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}

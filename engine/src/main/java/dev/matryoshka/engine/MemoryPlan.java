package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.SliceLadder;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a model and one conversation take on a device, known before anything is loaded there: the loaders themselves run
 * on a backend that only counts.
 *
 * @param weights the decoder's, in their stored type
 * @param towers the towers', which are loaded with the first picture or sound
 * @param kv keys and values of a whole context
 * @param activations of the decoder
 */
record MemoryPlan(long weights, long towers, long kv, long activations) {
    private static final List<String> TOWERS =
            List.of("vision_tower.", "audio_tower.", "embed_vision.", "embed_audio.");

    /** What copies through staging buffers and programs' own room may take besides. */
    private static final long RESERVE = 64L << 20;

    /** @param resident the most of the decoder that is kept there */
    static MemoryPlan of(
            ModelConfig config, WeightSource weights, int contextLimit, Backend device, MatFormerSlice resident) {
        TextConfig text = config.text();
        CountingBackend counter = new CountingBackend(device);
        TextWeights loaded = TextWeights.load(weights, text, counter, resident);
        InputEmbedder embedder = new InputEmbedder(loaded.embedTokens(), text, text.vocabSize(), id -> new float[0]);
        new DecoderSession(counter, new Decoder(text, loaded), embedder, MatFormerSlice.whole(text), contextLimit)
                .close();
        Map<String, Long> bytes = counter.memory();
        return new MemoryPlan(
                bytes.getOrDefault(MemoryLedger.WEIGHTS, 0L),
                towers(weights, device),
                bytes.getOrDefault(MemoryLedger.KV, 0L),
                bytes.getOrDefault(MemoryLedger.ACTIVATIONS, 0L));
    }

    /** What the elastic sizes up to one keep on a device, the largest first. */
    static List<ResidentSize> residentSizes(
            TextConfig config, WeightSource weights, Backend device, MatFormerSlice widest, boolean exact) {
        return SliceLadder.below(widest, config, exact).stream()
                .map(rung -> {
                    CountingBackend counter = new CountingBackend(device);
                    TextWeights.load(weights, config, counter, rung.slice());
                    return new ResidentSize(rung.slice(), counter.memory().getOrDefault(MemoryLedger.WEIGHTS, 0L));
                })
                .toList();
    }

    /** @throws InsufficientMemoryException none of some sizes takes so little */
    static MatFormerSlice largest(List<ResidentSize> sizes, long bytes) {
        return sizes.stream()
                .filter(size -> size.bytes() <= bytes)
                .findFirst()
                .orElseThrow(() -> new InsufficientMemoryException(
                        String.format(
                                Locale.ROOT,
                                "the smallest size takes %.1f MB for its weights, allowed are %.1f",
                                sizes.getLast().bytes() / 1e6,
                                bytes / 1e6),
                        "allow more, or choose a smaller model"))
                .slice();
    }

    private static long towers(WeightSource weights, Backend device) {
        return weights.shapes().keySet().stream()
                .filter(name -> TOWERS.stream().anyMatch(name::contains))
                .mapToLong(name -> bytes(weights.find(name), device))
                .sum();
    }

    private static long bytes(@Nullable Tensor tensor, Backend device) {
        return tensor == null ? 0 : device.bytesOf(tensor.type(), tensor.elements());
    }

    /** By purpose, as a backend's own ledger says it once the decoder is loaded and a conversation is open. */
    Map<String, Long> ledger() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put(MemoryLedger.WEIGHTS, weights);
        bytes.put(MemoryLedger.KV, kv);
        bytes.put(MemoryLedger.ACTIVATIONS, activations);
        return bytes;
    }

    long total() {
        return weights + towers + kv + activations + RESERVE;
    }

    /** @throws InsufficientMemoryException a device has less than that */
    void requireFits(long free, String device) {
        if (total() > free) {
            throw new InsufficientMemoryException(
                    String.format(
                            Locale.ROOT,
                            "the model needs %.2f GB on %s (weights %.2f, keys and values %.2f, other %.2f), where %.2f GB"
                                    + " are free",
                            total() / 1e9,
                            device,
                            (weights + towers) / 1e9,
                            kv / 1e9,
                            (activations + RESERVE) / 1e9,
                            free / 1e9),
                    "keep less of it there (--resident), choose a shorter context (--context), or the CPU (--device cpu)");
        }
    }
}

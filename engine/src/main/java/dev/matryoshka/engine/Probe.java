package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.StepBuffers;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SafetensorsWriter;
import dev.matryoshka.engine.weights.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a case through a model and reports what the reference's scripts record, so that implementations can be compared.
 * A case holds any of {@code input_ids} [n], {@code pixel_values} [3, H, H] and {@code waveform} [n] at 16 kHz.
 */
public final class Probe {
    private final Gemma3n model;
    private final SafetensorsWriter out = new SafetensorsWriter();
    private final Deque<float[]> pictures = new ArrayDeque<>();
    private final Deque<float[]> sounds = new ArrayDeque<>();

    private Probe(Gemma3n model) {
        this.model = model;
    }

    /**
     * Runs a case.
     *
     * @param steps tokens to continue greedily; 0 for none
     * @return {@code logits}; {@code greedy_ids} and {@code greedy_logits}; {@code last_hidden_state}, {@code soft_tokens}
     *     (named {@code vision.…} and {@code audio.…} where the case has both) and {@code input_features}
     */
    public static SafetensorsWriter run(Gemma3n model, SafetensorsFile input, int steps) {
        Probe probe = new Probe(model);
        Tensor pixels = input.find("pixel_values");
        Tensor waveform = input.find("waveform");
        Tensor ids = input.find("input_ids");
        if (pixels == null && waveform == null && ids == null) {
            throw new InvalidRequestException(
                    "the case holds none of input_ids, pixel_values and waveform", "add one of them");
        }
        boolean both = pixels != null && waveform != null;
        if (pixels != null) {
            probe.picture(pixels, both ? "vision." : "", ids != null);
        }
        if (waveform != null) {
            probe.sound(waveform, both ? "audio." : "", ids != null);
        }
        if (ids != null) {
            TokenSequence tokens = probe.tokens(ids);
            probe.checkLength((long) tokens.size() + steps);
            probe.everyLogit(tokens);
            probe.greedy(tokens, steps);
        }
        return probe.out;
    }

    private void picture(Tensor pixels, String prefix, boolean asked) {
        List<Integer> shape = pixels.shape();
        if (shape.size() != 3
                || shape.contains(0)
                || shape.get(0) != 3
                || !shape.get(1).equals(shape.get(2))
                || !pixels.type().isFloat()) {
            throw new InvalidRequestException("pixel_values is " + shape, "give a square picture, [3, H, H] in 0 to 1");
        }
        int size = shape.get(1);
        Towers.Picture picture = model.towers().encodePixels(turned(pixels.toFloats(), 3, size * size), size);
        int channels = Objects.requireNonNull(model.config().vision()).hiddenSize();
        int count = picture.features().length / channels;
        int side = (int) Math.sqrt(count);
        out.add(prefix + "last_hidden_state", turned(picture.features(), count, channels), channels, side, side);
        report(prefix, picture.softTokens());
        if (asked) {
            pictures.addAll(rows(picture.softTokens()));
        }
    }

    private void sound(Tensor waveform, String prefix, boolean asked) {
        if (waveform.elements() == 0 || !waveform.type().isFloat()) {
            throw new InvalidRequestException("waveform is " + waveform.shape(), "give samples at 16 kHz, [n]");
        }
        float[] samples = waveform.toFloats();
        Towers.Sound sound = model.towers().encodeSamples(samples);
        int hidden = Objects.requireNonNull(model.config().audio()).hiddenSize();
        float[] features = sound.encoded().features();
        out.add(
                "input_features",
                sound.mel().values(),
                sound.mel().frames(),
                sound.mel().bands());
        out.add(prefix + "last_hidden_state", features, features.length / hidden, hidden);
        report(prefix, sound.softTokens());
        if (asked) {
            sounds.addAll(model.towers().encode(samples));
        }
    }

    private void report(String prefix, float[] softTokens) {
        out.add(prefix + "soft_tokens", softTokens, softTokens.length / hidden(), hidden());
    }

    private TokenSequence tokens(Tensor ids) {
        if (ids.elements() == 0 || ids.type().isFloat()) {
            throw new InvalidRequestException(
                    "input_ids is " + ids.type() + " " + ids.shape(), "give at least one id, as int64");
        }
        TokenSequence tokens = new TokenSequence();
        for (long i = 0; i < ids.elements(); i++) {
            int id = (int) Math.clamp(ids.getLong(i), -1L, Integer.MAX_VALUE); // out of the vocabulary stays out
            float[] soft = soft(id);
            if (soft == null) {
                tokens.add(id);
            } else {
                tokens.addSoft(id, soft);
            }
        }
        return tokens;
    }

    private void checkLength(long tokens) {
        int longest = model.config().text().maxPositionEmbeddings();
        if (tokens > longest) {
            throw new InvalidRequestException(
                    "the case and its steps make " + tokens + " tokens, the model takes " + longest,
                    "shorten the case or ask for fewer steps");
        }
    }

    private float @Nullable [] soft(int id) {
        if (id == model.config().tokens().image()) {
            return pictures.poll();
        }
        return id == model.config().tokens().audio() ? sounds.poll() : null;
    }

    private void everyLogit(TokenSequence tokens) {
        int count = tokens.size();
        int vocabulary = model.config().text().vocabSize();
        Decoder decoder = model.decoder();
        try (Workspace workspace = model.backend().workspace("probe");
                KvCache cache = new KvCache(model.backend(), model.config().text(), count, count)) {
            StepBuffers buffers = new StepBuffers(workspace, model.config().text(), count, count);
            try (Program program = model.backend()
                    .record(
                            "probe",
                            ops -> decoder.record(
                                    ops,
                                    buffers,
                                    cache,
                                    model.slice(),
                                    Decoder.Output.EVERY_TOKEN,
                                    (recorder, layer, streams) -> {}))) {
                float[] embeddings = tokens.embeddings(model.embedder(), 0, count);
                model.backend().write(buffers.embeddings(), embeddings);
                float[] perLayer = decoder.perLayerEmbeddings().gather(tokens.ids(0, count));
                model.backend().write(buffers.tokenPerLayer(), perLayer);
                program.run(new StepParams(0, count));
            }
            float[] logits = new float[count * vocabulary];
            model.backend().read(buffers.logits(), logits);
            out.add("logits", logits, count, vocabulary);
        }
    }

    private void greedy(TokenSequence tokens, int steps) {
        if (steps == 0) {
            return;
        }
        int vocabulary = model.config().text().vocabSize();
        long[] ids = new long[steps];
        float[] rows = new float[steps * vocabulary];
        try (DecoderSession session = model.session(tokens.size() + steps)) {
            session.tokens().addAll(tokens);
            for (int step = 0; step < steps; step++) {
                float[] logits = Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                        .all();
                System.arraycopy(logits, 0, rows, step * vocabulary, vocabulary);
                int best = 0;
                for (int i = 1; i < vocabulary; i++) {
                    best = logits[i] > logits[best] ? i : best;
                }
                ids[step] = best;
                session.tokens().add(best);
            }
        }
        out.add("greedy_ids", ids, steps);
        out.add("greedy_logits", rows, steps, vocabulary);
    }

    private int hidden() {
        return model.config().text().hiddenSize();
    }

    private List<float[]> rows(float[] values) {
        int count = values.length / hidden();
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(values, i * hidden(), (i + 1) * hidden()))
                .toList();
    }

    /** [rows, columns] as [columns, rows]. */
    private static float[] turned(float[] values, int rows, int columns) {
        float[] result = new float[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[c * rows + r] = values[r * columns + c];
            }
        }
        return result;
    }
}

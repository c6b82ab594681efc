package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StageObserver;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.ArrayList;
import java.util.List;

/** The Conformer of Gemma 3n ({@code Gemma3nAudioEncoder}): log-mel frames of any number to a frame every 160 ms. */
public final class AudioEncoder {
    private static final String PREFIX = "model.audio_tower.";
    private static final double MAX_TIMESCALE = 1e4;

    private final Backend backend;
    private final AudioConfig config;
    private final SubsampleConvProjection subsample;
    private final List<ConformerBlock> blocks = new ArrayList<>();

    /**
     * What the tower made of a sound.
     *
     * @param features [frames, hidden]; zero where padding
     * @param valid whether a frame is sound
     */
    public record Encoded(float[] features, boolean[] valid) {}

    /** Loads the tower. */
    public AudioEncoder(WeightSource source, AudioConfig config, Backend backend) {
        this.backend = backend;
        this.config = config;
        WeightReader in = new WeightReader(source, backend, PREFIX);
        subsample = new SubsampleConvProjection(in.below("subsample_conv_projection."), config);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            blocks.add(new ConformerBlock(config, ConformerWeights.load(in.below("conformer." + i + "."), config)));
        }
    }

    /**
     * Encodes a sound.
     *
     * @param mel log-mel features, [frames, mel bands]
     * @param mask whether a mel frame is sound
     */
    public Encoded encode(float[] mel, boolean[] mask) {
        return encode(mel, mask, StageObserver.NONE);
    }

    /** The same with an observer. */
    public Encoded encode(float[] mel, boolean[] mask, StageObserver observer) {
        int frames = subsample.outFrames(mask.length);
        int reduction = config.reductionFactor();
        int reduced = (frames + reduction - 1) / reduction;
        float[] valid = subsampled(mask, frames);
        try (Workspace workspace = backend.workspace("audio")) {
            DeviceTensor in = workspace.allocate(mask.length, config.inputFeatSize());
            DeviceTensor out = workspace.allocate(reduced, config.hiddenSize());
            DeviceTensor outValid = workspace.allocate(1, reduced);
            ConformerBuffers b = ConformerBuffers.allocate(workspace, config, frames);
            try (Program program = backend.record("audio " + frames, ops -> {
                subsample.record(ops, b.x(), in, workspace);
                observer.after(ops, "subsample", b.x());
                for (int i = 0; i < blocks.size(); i++) {
                    blocks.get(i).record(ops, b);
                    observer.after(ops, "conformer." + i, b.x());
                }
                ops.everyNthRow(out, b.x(), reduction);
                ops.scaleRows(out, outValid);
            })) {
                float[] kept = everyNth(valid, reduction);
                backend.write(in, mel);
                backend.write(b.valid(), valid);
                backend.write(outValid, kept);
                backend.write(b.timing(), timing());
                program.run(StepParams.ALL);
                float[] features = new float[reduced * config.hiddenSize()];
                backend.read(out, features);
                boolean[] sound = new boolean[reduced];
                for (int i = 0; i < reduced; i++) {
                    sound[i] = kept[i] != 0;
                }
                return new Encoded(features, sound);
            }
        }
    }

    /** The mask at the convolutions' stride. */
    private float[] subsampled(boolean[] mask, int frames) {
        int stride =
                config.sscpConvStrideSize().stream().mapToInt(s -> s.get(0)).reduce(1, (a, b) -> a * b);
        float[] valid = new float[frames];
        for (int i = 0; i < frames; i++) {
            valid[i] = mask[Math.min(i * stride, mask.length - 1)] ? 1 : 0;
        }
        return valid;
    }

    private static float[] everyNth(float[] values, int step) {
        float[] kept = new float[(values.length + step - 1) / step];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = values[i * step];
        }
        return kept;
    }

    /** Sines and cosines of the distances, farthest past first ({@code _get_timing_signal_1d_pos}). */
    private float[] timing() {
        int past = ConformerBlock.past(config);
        int half = config.hiddenSize() / 2;
        int distances = past + config.attentionContextRight() + 1;
        float[] timing = new float[distances * config.hiddenSize()];
        double increment = Math.log(MAX_TIMESCALE) / Math.max(half - 1, 1);
        for (int row = 0; row < distances; row++) {
            for (int i = 0; i < half; i++) {
                float angle = (past - row) * (float) Math.exp(i * -increment);
                timing[row * config.hiddenSize() + i] = (float) Math.sin(angle);
                timing[row * config.hiddenSize() + half + i] = (float) Math.cos(angle);
            }
        }
        return timing;
    }
}

package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.ActivationPool;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StageObserver;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MobileNet-V5 as Gemma 3n uses it ({@code timm.models.mobilenetv5.MobileNetV5Encoder}): a square picture of any size to
 * a square of features. A program is recorded for a picture size and kept for the next picture of that size.
 */
public final class VisionEncoder implements AutoCloseable {
    private static final String PREFIX = "model.vision_tower.timm_model.";
    private static final int STEM_KERNEL = 3;
    private static final int STEM_STRIDE = 2;

    private final Backend backend;
    private final VisionConfig config;
    private final DeviceTensor stem;
    private final DeviceTensor stemBias;
    private final DeviceTensor stemNorm;
    private final List<List<VisionBlock>> stages = new ArrayList<>();
    private final MultiScaleFusionAdapter fusion;
    private @Nullable Sized sized;

    /** A recorded program and its memory. */
    private record Sized(int size, Workspace workspace, DeviceTensor pixels, DeviceTensor features, Program program) {
        void close() {
            program.close();
            workspace.close();
        }
    }

    /** Loads the tower. */
    public VisionEncoder(WeightSource source, VisionConfig config, Backend backend) {
        this.backend = backend;
        this.config = config;
        WeightReader w = new WeightReader(source, backend, PREFIX);
        MobileNetV5Spec spec = MobileNetV5Spec.of(config);
        stem = w.convolution("conv_stem.conv.weight", spec.stem(), 3, STEM_KERNEL, STEM_KERNEL);
        stemBias = w.vector("conv_stem.conv.bias", spec.stem());
        stemNorm = w.vector("conv_stem.bn.weight", spec.stem());
        int channels = spec.stem();
        int fused = 0;
        for (int s = 0; s < spec.stages().size(); s++) {
            List<VisionBlock> stage = new ArrayList<>();
            for (BlockSpec block : spec.stages().get(s)) {
                stage.add(load(w.below("blocks." + s + "." + stage.size() + "."), block, channels));
                channels = block.channels();
            }
            stages.add(stage);
            fused += s >= spec.stages().size() - MobileNetV5Spec.FUSED_STAGES ? channels : 0;
        }
        fusion = MultiScaleFusionAdapter.load(
                w.below("msfa."), fused, config.hiddenSize(), config.msfaOutputResolution());
    }

    private static VisionBlock load(WeightReader w, BlockSpec spec, int in) {
        return switch (spec) {
            case BlockSpec.Edge edge -> EdgeResidual.load(w, edge, in);
            case BlockSpec.Inverted inverted -> UniversalInvertedResidual.load(w, inverted, in);
            case BlockSpec.Attention attention -> MobileAttention.load(w, attention, in);
        };
    }

    /**
     * Encodes a picture.
     *
     * @param pixels [size * size, 3] in [0, 1]
     * @return features [side * side, hidden size]
     */
    public float[] encode(float[] pixels, int size) {
        Sized program = sized;
        if (program == null || program.size() != size) {
            close();
            program = record(size, StageObserver.NONE);
            sized = program;
        }
        return run(program, pixels);
    }

    /** Encodes a picture by a program of its own that an observer may add to. */
    public float[] encode(float[] pixels, int size, StageObserver observer) {
        Sized program = record(size, observer);
        float[] features = run(program, pixels);
        program.close();
        return features;
    }

    private float[] run(Sized program, float[] pixels) {
        backend.write(program.pixels(), pixels);
        program.program().run(StepParams.ALL);
        float[] features =
                new float[program.features().rows() * program.features().columns()];
        backend.read(program.features(), features);
        return features;
    }

    private Sized record(int size, StageObserver observer) {
        Workspace workspace = backend.workspace("vision");
        DeviceTensor pixels = workspace.allocate(size * size, 3);
        DeviceTensor features =
                workspace.allocate(config.msfaOutputResolution() * config.msfaOutputResolution(), config.hiddenSize());
        Program program = backend.record("vision " + size, ops -> {
            VisionRecorder r = new VisionRecorder(ops, new ActivationPool(workspace));
            FeatureMap out = tower(r, new FeatureMap(pixels, size, size), observer);
            ops.scale(features, out.values(), 1);
        });
        return new Sized(size, workspace, pixels, features, program);
    }

    private FeatureMap tower(VisionRecorder r, FeatureMap pixels, StageObserver observer) {
        FeatureMap x = r.convolution(pixels, stem, STEM_KERNEL, STEM_STRIDE);
        r.ops().add(x.values(), x.values(), stemBias);
        r.norm(x, stemNorm, Activation.GELU_TANH);
        observer.after(r.ops(), "stem", x.values());
        FeatureMap fine = x;
        for (int s = 0; s < stages.size(); s++) {
            boolean last = s == stages.size() - 1;
            if (last) { // the stage before the last stays for the fusion
                fine = x;
                x = copy(r, x);
            }
            for (VisionBlock block : stages.get(s)) {
                x = block.record(r, x);
            }
            observer.after(r.ops(), "stage." + s, x.values());
        }
        return fusion.record(r, fine, x);
    }

    private static FeatureMap copy(VisionRecorder r, FeatureMap x) {
        DeviceTensor values = r.pool().acquire(x.pixels(), x.channels());
        r.ops().scale(values, x.values(), 1);
        return new FeatureMap(values, x.height(), x.width());
    }

    /** Frees the memory of the last program; the tower stays usable. */
    @Override
    public void close() {
        Sized program = sized;
        if (program != null) {
            program.close();
            sized = null;
        }
    }
}

package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.vision.BlockSpec.Attention;
import dev.matryoshka.engine.vision.BlockSpec.Edge;
import dev.matryoshka.engine.vision.BlockSpec.Inverted;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of {@code mobilenetv5_300m_enc} ({@code timm.models.mobilenetv5._gen_mobilenet_v5}) at a channel multiplier.
 *
 * @param stem channels after the stem
 * @param stages blocks of each stage
 */
record MobileNetV5Spec(int stem, List<List<BlockSpec>> stages) {
    /** The stages whose outputs the fusion adapter takes: the last two. */
    static final int FUSED_STAGES = 2;

    /** Hidden channels of the fusion adapter over its input's. */
    static final int FUSION_EXPANSION = 2;

    static MobileNetV5Spec of(VisionConfig config) {
        double m = config.channelMultiplier();
        int stem = m < 1 ? config.stemSize() : divisible(config.stemSize() * m); // fix_stem
        return new MobileNetV5Spec(
                stem,
                List.of(
                        stage0(divisible(128 * m)),
                        stage1(divisible(256 * m)),
                        stage2(divisible(640 * m)),
                        stage3(divisible(1280 * m))));
    }

    private static List<BlockSpec> stage0(int c) {
        return List.of(new Edge(3, 2, 4, c), new Edge(3, 1, 4, c), new Edge(3, 1, 4, c));
    }

    private static List<BlockSpec> stage1(int c) {
        return List.of(
                new Inverted(3, 5, 2, 6, c),
                new Inverted(5, 0, 1, 4, c),
                new Inverted(3, 0, 1, 4, c),
                new Inverted(5, 0, 1, 4, c),
                new Inverted(3, 0, 1, 4, c));
    }

    private static List<BlockSpec> stage2(int c) {
        List<BlockSpec> blocks = new ArrayList<>();
        blocks.add(new Inverted(5, 5, 2, 6, c));
        for (int i = 0; i < 7; i++) {
            blocks.add(new Inverted(5, 0, 1, 4, c));
        }
        blocks.add(new Inverted(0, 0, 1, 1, c));
        for (int i = 0; i < 14; i++) {
            blocks.add(new Attention(3, 12, 2, 64, c));
            blocks.add(new Inverted(0, 0, 1, 2, c));
        }
        return blocks;
    }

    private static List<BlockSpec> stage3(int c) {
        List<BlockSpec> blocks = new ArrayList<>();
        blocks.add(new Inverted(5, 5, 2, 6, c));
        for (int i = 0; i < 19; i++) {
            blocks.add(new Attention(3, 16, 1, 96, c));
            blocks.add(new Inverted(0, 0, 1, 2, c));
        }
        return blocks;
    }

    /** The multiple of 8 that is nearest, but not more than a tenth below ({@code timm.layers.make_divisible}). */
    static int divisible(double channels) {
        int rounded = Math.max(8, (int) (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}

package dev.matryoshka.engine.config;

import java.util.List;

/** The encoders of the published models, which E2B and E4B share, for whoever wants their shape without their files. */
public final class PublishedTowers {
    /** MobileNet-V5-300M. */
    public static final VisionConfig VISION =
            new VisionConfig("mobilenetv5_300m_enc", 2048, 128, 262_144, 1e-6f, 1, 64, 16);

    /** The Conformer of 12 blocks. */
    public static final AudioConfig AUDIO = new AudioConfig(
            1536,
            128,
            128,
            262_272,
            1e-6f,
            12,
            13,
            0,
            50,
            8,
            12,
            5,
            4,
            0.5f,
            1e10f,
            List.of(128, 32),
            List.of(List.of(3, 3), List.of(3, 3)),
            List.of(List.of(2, 2), List.of(2, 2)),
            1e-3f);

    private PublishedTowers() {}
}

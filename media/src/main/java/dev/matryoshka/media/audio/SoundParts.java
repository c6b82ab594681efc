package dev.matryoshka.media.audio;

import dev.matryoshka.engine.PromptPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sounds that are longer than what the model hears at once, in parts that it does, cut where it is quietest. */
public final class SoundParts {
    /** A cut lies in the last third of what a part could hold. */
    private static final double EARLIEST = 2.0 / 3;
    /** A pause that is worth a cut: 200 ms. */
    private static final int PAUSE_FRAMES = 10;

    private SoundParts() {}

    /** A sound as a prompt: its parts. */
    public static List<PromptPart> of(float[] samples, double partSeconds) {
        return List.copyOf(
                split(samples, partSeconds).stream().map(PromptPart.Audio::new).toList());
    }

    /**
     * Cuts a sound.
     *
     * @param samples mono at 16 kHz
     * @param partSeconds longest part
     * @return the parts in their order, which joined are the sound; the sound itself where it is short enough
     */
    static List<float[]> split(float[] samples, double partSeconds) {
        int longest = Math.max(1, (int) Math.round(partSeconds * AudioDecoder.SAMPLE_RATE));
        List<float[]> parts = new ArrayList<>();
        double[] powers = samples.length <= longest ? new double[0] : Silence.powers(samples);
        int from = 0;
        while (samples.length - from > longest) {
            int cut = quietest(powers, from + (int) (longest * EARLIEST), from + longest);
            parts.add(Arrays.copyOfRange(samples, from, cut));
            from = cut;
        }
        parts.add(from == 0 ? samples : Arrays.copyOfRange(samples, from, samples.length));
        return parts;
    }

    /** The middle of the quietest pause between two samples, the later of two alike; {@code latest} where none fits. */
    private static int quietest(double[] powers, int earliest, int latest) {
        int best = latest;
        double least = Double.MAX_VALUE;
        int half = PAUSE_FRAMES / 2;
        for (int f = Math.ceilDiv(earliest, Silence.FRAME); f * Silence.FRAME <= latest; f++) {
            double power = 0;
            for (int i = Math.max(0, f - half); i < Math.min(powers.length, f + half); i++) {
                power += powers[i];
            }
            if (power <= least) {
                least = power;
                best = f * Silence.FRAME;
            }
        }
        return best;
    }
}

package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.backend.WindowSpec;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.AudioConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Two strided convolutions over time and frequency, each with a cumulative group norm, then a projection ({@code
 * Gemma3nAudioSubSampleConvProjection}). Nothing is padded before the first frame in time.
 */
final class SubsampleConvProjection {
    private static final int PATCHES = 4096;

    private final AudioConfig config;
    private final List<Layer> layers = new ArrayList<>();
    private final DeviceTensor projection;

    /** A convolution, channels innermost, and its norm. */
    private record Layer(DeviceTensor kernel, DeviceTensor norm) {}

    SubsampleConvProjection(WeightReader in, AudioConfig config) {
        this.config = config;
        int channels = 1;
        for (int i = 0; i < config.sscpConvChannelSize().size(); i++) {
            int out = config.sscpConvChannelSize().get(i);
            List<Integer> kernel = config.sscpConvKernelSize().get(i);
            layers.add(new Layer(
                    in.convolution("conv_" + i + ".conv.weight", out, channels, kernel.get(0), kernel.get(1)),
                    in.vector("conv_" + i + ".norm.weight", out)));
            channels = out;
        }
        int features = channels * window(layers.size() - 1, 1).outWidth();
        projection = in.matrix("input_proj_linear.weight", config.hiddenSize(), features);
    }

    /** Geometry of a layer for so many mel frames at the input. */
    private WindowSpec window(int layer, int frames) {
        int height = frames;
        int width = config.inputFeatSize();
        for (int i = 0; ; i++) {
            List<Integer> kernel = config.sscpConvKernelSize().get(i);
            List<Integer> stride = config.sscpConvStrideSize().get(i);
            int outHeight = (height - 1) / stride.get(0) + 1; // kernel - 1 frames of zeros follow the last
            int outWidth = (width + 2 - kernel.get(1)) / stride.get(1) + 1;
            if (i == layer) {
                return new WindowSpec(
                        height,
                        width,
                        outHeight,
                        outWidth,
                        kernel.get(0),
                        kernel.get(1),
                        stride.get(0),
                        stride.get(1),
                        0,
                        1);
            }
            height = outHeight;
            width = outWidth;
        }
    }

    /** Frames that come out for so many mel frames. */
    int outFrames(int frames) {
        return window(layers.size() - 1, frames).outHeight();
    }

    /**
     * Records the projection.
     *
     * @param out [out frames, hidden]
     * @param mel [frames, mel bands]
     */
    void record(Ops ops, DeviceTensor out, DeviceTensor mel, Workspace workspace) {
        int frames = mel.rows();
        DeviceTensor x = mel.reshape(frames * mel.columns(), 1);
        for (int i = 0; i < layers.size(); i++) {
            WindowSpec window = window(i, frames);
            DeviceTensor kernel = layers.get(i).kernel();
            DeviceTensor y = workspace.allocate(window.outPixels(), kernel.rows());
            DeviceTensor patches = workspace.allocate(Math.min(PATCHES, window.outPixels()), kernel.columns());
            ops.conv2d(y, x, kernel, window, patches);
            DeviceTensor steps = y.reshape(window.outHeight(), window.outWidth() * kernel.rows());
            ops.cumulativeGroupNorm(steps, layers.get(i).norm(), config.sscpConvGroupNormEps());
            ops.activate(y, y, Activation.RELU);
            x = y;
        }
        ops.matmul(out, x.reshape(out.rows(), projection.columns()), projection, Epilogue.NONE);
    }
}

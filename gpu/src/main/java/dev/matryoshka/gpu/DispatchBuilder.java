package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.device.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a dispatch together: tensors in the order of their bindings, then the kernel's other arguments. Of each tensor the
 * kernel is given a window of its buffer and, as arguments, the offset of the first element in it and the row stride.
 */
final class DispatchBuilder {
    /** The binding limit of an API that binds whole buffers. */
    static final long WHOLE = Long.MAX_VALUE;

    private final String shader;
    private final long maxBinding;
    private final List<Dispatch.Binding> bindings = new ArrayList<>();
    private final int[] arguments = new int[32];
    private String label;
    private int count;
    private long bytes;

    DispatchBuilder(String shader, long maxBinding) {
        this.shader = shader;
        label = shader;
        this.maxBinding = maxBinding;
    }

    /** A tensor that is written, or read and written. */
    DispatchBuilder out(DeviceTensor tensor) {
        if (bindings.isEmpty()) {
            label = "%s %d x %d".formatted(shader, tensor.rows(), tensor.columns());
        }
        return tensor(tensor, Dispatch.Use.WRITE);
    }

    /** A tensor that is read. */
    DispatchBuilder in(DeviceTensor tensor) {
        return tensor(tensor, Dispatch.Use.READ);
    }

    private DispatchBuilder tensor(DeviceTensor tensor, Dispatch.Use use) {
        if (tensor.type() != DType.F32) {
            throw new IllegalArgumentException("activations are float32, not " + tensor.type());
        }
        bindValues(tensor, use);
        return this;
    }

    /** A tensor that is read as texels of four values. */
    DispatchBuilder texels(DeviceTensor tensor) {
        return tensor(tensor, Dispatch.Use.QUADS);
    }

    /** A weight in its stored type: two bindings, values and scales. */
    DispatchBuilder weight(DeviceTensor tensor) {
        return weight(tensor, Dispatch.Use.READ, Dispatch.Use.READ);
    }

    /** The same as texels. */
    DispatchBuilder weightTexels(DeviceTensor tensor) {
        return weight(tensor, Dispatch.Use.QUADS, Dispatch.Use.HALVES);
    }

    private DispatchBuilder weight(DeviceTensor tensor, Dispatch.Use values, Dispatch.Use scales) {
        DeviceStorage storage = DeviceStorage.of(tensor);
        long start = bindValues(tensor, values);
        if (tensor.type().isQuantized()) {
            long range = DeviceStorage.scaleBytes(tensor.type(), end(tensor) - start);
            bind(storage, storage.scalesAt() + DeviceStorage.scaleBytes(tensor.type(), start), range, scales);
        } else {
            Dispatch.Binding own = bindings.getLast(); // never read
            bindings.add(new Dispatch.Binding(own.buffer(), own.offset(), Math.min(own.range(), 16), scales));
        }
        return this;
    }

    /** Binds the values of a view; returns the element at which the window starts. */
    private long bindValues(DeviceTensor tensor, Dispatch.Use use) {
        long window = DeviceStorage.window(tensor.type());
        long start = maxBinding == WHOLE ? 0 : tensor.offset() / window * window;
        long range = DeviceStorage.valueBytes(tensor.type(), end(tensor) - start);
        bind(DeviceStorage.of(tensor), DeviceStorage.valueBytes(tensor.type(), start), range, use);
        argument(Math.toIntExact(tensor.offset() - start));
        argument(Math.toIntExact(tensor.rowStride()));
        bytes += DeviceStorage.valueBytes(tensor.type(), (long) tensor.rows() * tensor.columns());
        return start;
    }

    private static long end(DeviceTensor tensor) {
        long end = tensor.offset() + (tensor.rows() - 1) * tensor.rowStride() + tensor.columns();
        int block = tensor.type().blockElements();
        return (end + block - 1) / block * block;
    }

    private void bind(DeviceStorage storage, long offset, long range, Dispatch.Use use) {
        long whole = Math.min((range + 15) / 16 * 16, storage.buffer().bytes() - offset); // whole vectors
        if (whole > maxBinding) {
            throw new InsufficientMemoryException(
                    shader + " needs " + (whole >> 20) + " MB in one piece, the device binds " + (maxBinding >> 20),
                    "give it less at a time, or use the CPU (--device cpu)");
        }
        bindings.add(new Dispatch.Binding(storage.buffer(), offset, whole, use));
    }

    DispatchBuilder arguments(int... more) {
        for (int each : more) {
            argument(each);
        }
        return this;
    }

    DispatchBuilder floats(float... more) {
        for (float each : more) {
            argument(Float.floatToRawIntBits(each));
        }
        return this;
    }

    private void argument(int value) {
        arguments[count++] = value;
    }

    /** What traces call it; else the shader and the size of the first output. */
    DispatchBuilder label(String text) {
        label = text;
        return this;
    }

    /** One invocation for each of {@code items}. */
    Dispatch items(long items, int localSize, Integer... constants) {
        return groups((items + localSize - 1) / localSize, localSize, constants);
    }

    /** A number of work groups. */
    Dispatch groups(long groups, int localSize, Integer... constants) {
        return groups(groups, 0, localSize, constants);
    }

    /** The same where the multiply-adds may cost more than the bytes. */
    Dispatch groups(long groups, long multiplyAdds, int localSize, Integer... constants) {
        Kernel kernel =
                Kernel.of(shader, bindings.stream().map(Dispatch.Binding::use).toList(), localSize, constants);
        return new Dispatch(
                kernel,
                label,
                List.copyOf(bindings),
                Arrays.copyOf(arguments, count),
                groups,
                Math.max(bytes, multiplyAdds / 10));
    }
}

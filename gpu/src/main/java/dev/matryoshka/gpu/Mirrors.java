package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.ActivationPool;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.StepParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The CPU's copies of a device's tensors for one operation that it computes in the device's stead. */
final class Mirrors {
    private final Backend device;
    private final Backend cpu;
    private final Map<DeviceTensor.Storage, DeviceTensor> weights;
    private final ActivationPool pool;
    private final List<DeviceTensor> held = new ArrayList<>();
    private final List<Pair> read = new ArrayList<>();
    private final List<Pair> written = new ArrayList<>();

    private record Pair(DeviceTensor tensor, DeviceTensor mirror) {}

    /**
     * None so far.
     *
     * @param weights what the CPU has of the device's weights, by their storage there
     * @param pool the CPU's memory
     */
    Mirrors(Backend device, Backend cpu, Map<DeviceTensor.Storage, DeviceTensor> weights, ActivationPool pool) {
        this.device = device;
        this.cpu = cpu;
        this.weights = weights;
        this.pool = pool;
    }

    /** A tensor that is read; a weight is there already. */
    DeviceTensor in(DeviceTensor tensor) {
        if (!(tensor.storage() instanceof DeviceStorage)) {
            return tensor;
        }
        DeviceTensor weight = weights.get(tensor.storage());
        if (weight != null) {
            return new DeviceTensor(
                    weight.storage(),
                    tensor.type(),
                    tensor.offset(),
                    tensor.rows(),
                    tensor.columns(),
                    tensor.rowStride());
        }
        Pair pair = mirror(tensor);
        read.add(pair);
        return pair.mirror();
    }

    /** A tensor whose live rows are written. */
    DeviceTensor out(DeviceTensor tensor) {
        Pair pair = mirror(tensor);
        written.add(pair);
        return pair.mirror();
    }

    /** A tensor that is changed in place. */
    DeviceTensor inOut(DeviceTensor tensor) {
        Pair pair = mirror(tensor);
        read.add(pair);
        written.add(pair);
        return pair.mirror();
    }

    /** Room to work in. */
    DeviceTensor scratch(DeviceTensor tensor) {
        return mirror(tensor).mirror();
    }

    private Pair mirror(DeviceTensor tensor) {
        DeviceTensor mirror = pool.acquire(tensor.rows(), tensor.columns());
        held.add(mirror);
        return new Pair(tensor, mirror);
    }

    /** Gives the memory to the operations that come after this one. */
    void release() {
        held.forEach(pool::release);
    }

    void copyIn() {
        for (Pair pair : read) {
            float[] values = new float[pair.tensor().rows() * pair.tensor().columns()];
            device.read(pair.tensor(), values);
            cpu.write(pair.mirror(), values);
        }
    }

    void copyOut(StepParams params) {
        for (Pair pair : written) {
            float[] values =
                    new float[params.live(pair.tensor().rows()) * pair.tensor().columns()];
            cpu.read(pair.mirror(), values);
            device.write(pair.tensor(), values);
        }
    }
}

package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The decoder's layers as far as a device holds them: of each the first feed-forward units, of some nothing. Layers are exchanged one
 * at a time ({@link #step}) while others compute: a step of theirs, from looking at {@link #limit} until the device is done, is
 * {@link #entered}, and an exchange waits for those that run and holds up those that come.
 */
public final class ResidentLayers {
    /** Widths are whole blocks of the kernels and of most stored types. */
    private static final int BLOCK = 32;

    private final WeightReader reader;
    private final TextConfig config;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final List<@Nullable Layer> layers = new ArrayList<>();
    private volatile MatFormerSlice wanted;
    private volatile MatFormerSlice held;
    private final AtomicLong version = new AtomicLong();

    /**
     * A layer that is held.
     *
     * @param around everything of it but the feed-forward block, for giving back
     */
    private record Layer(LayerWeights weights, List<DeviceTensor> around) {}

    /** Ends what {@link #entered} began. */
    public interface Entered extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Loads as much as a slice needs.
     *
     * @param reader at the decoder's names
     */
    ResidentLayers(WeightReader reader, TextConfig config, MatFormerSlice maximum) {
        this.reader = reader;
        this.config = config;
        wanted = maximum;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            layers.add(maximum.keeps(layer) ? load(layer, width(layer, maximum)) : null);
        }
        held = state();
    }

    /** Where an exchange can't happen until it is closed; from any thread, also within itself. */
    public Entered entered() {
        lock.readLock().lock();
        return lock.readLock()::unlock;
    }

    /** Changes with each exchange: programs that were recorded before may not be run any more. */
    public long version() {
        return version.get();
    }

    /** The most that can be computed from now on: what is held and stays. */
    public MatFormerSlice limit() {
        return wanted.common(held);
    }

    /** The most that is to be held. */
    public MatFormerSlice wanted() {
        return wanted;
    }

    /**
     * Names another maximum, which {@link #step} brings about.
     *
     * @throws InvalidSliceException the model can't run it
     */
    public void want(MatFormerSlice maximum) {
        maximum.check(config);
        wanted = maximum;
    }

    /** Gives up on what is missing. */
    public void settle() {
        wanted = limit();
    }

    /** @throws InvalidSliceException a slice needs more than is held */
    public void require(MatFormerSlice slice) {
        MatFormerSlice limit = limit();
        if (!slice.within(limit)) {
            throw new InvalidSliceException(
                    "the slice " + slice.name() + " needs more than is on the device, which is " + limit.name(),
                    "allow more there (--resident), or choose a smaller slice");
        }
    }

    /** A layer's weights, which hold at least {@link #limit}. */
    LayerWeights get(int layer) {
        Layer there = layers.get(layer);
        if (there == null) {
            throw new IllegalStateException("layer " + layer + " is not on the device");
        }
        return there.weights();
    }

    /** The stored type whose blocks a layer's widths have to be whole of. */
    DType downType(int layer) {
        return down(layer).type();
    }

    private Tensor down(int layer) {
        int width = config.intermediateSize().get(layer);
        return reader.require("layers." + layer + ".mlp.down_proj.weight", config.hiddenSize(), width);
    }

    /**
     * Brings one layer to what is wanted, if there is one left; on one thread at a time.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException the device has no room, or fails; the layer stays as it was
     */
    public void step() {
        MatFormerSlice to = wanted;
        int next = next(to);
        if (next < 0) {
            return;
        }
        int width = width(next, to);
        readAhead(next, width);
        lock.writeLock().lock();
        try {
            exchange(next, width);
            held = state();
            version.incrementAndGet();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Whether there is nothing for {@link #step} to do. */
    public boolean complete() {
        return next(wanted) < 0;
    }

    /** A layer to exchange, first those that free memory; -1 for none. */
    private int next(MatFormerSlice to) {
        return IntStream.range(0, layers.size())
                .filter(layer -> held(layer) > width(layer, to))
                .findFirst()
                .orElseGet(() -> IntStream.range(0, layers.size())
                        .filter(layer -> held(layer) < width(layer, to))
                        .findFirst()
                        .orElse(-1));
    }

    /** So that nobody waits for a disk while the lock is held. */
    private void readAhead(int layer, int width) {
        if (width > 0) {
            int whole = config.intermediateSize().get(layer);
            for (String name : List.of("gate_proj", "up_proj")) {
                Tensor tensor =
                        reader.require("layers." + layer + ".mlp." + name + ".weight", whole, config.hiddenSize());
                load(tensor, tensor.type().bytes((long) width * config.hiddenSize()));
            }
            load(down(layer), down(layer).data().byteSize());
        }
    }

    private static void load(Tensor tensor, long bytes) {
        if (tensor.data().isMapped()) {
            tensor.data().asSlice(0, bytes).load();
        }
    }

    private void exchange(int layer, int width) {
        Backend backend = reader.backend();
        Layer old = layers.get(layer);
        if (old == null) {
            layers.set(layer, load(layer, width));
            return;
        }
        if (width == 0) {
            layers.set(layer, null);
            old.around().forEach(backend::free);
        } else {
            layers.set(layer, new Layer(old.weights().with(ffn(layer, width)), old.around()));
        }
        FfnWeights ffn = old.weights().ffn();
        List.of(ffn.gate(), ffn.up(), ffn.down()).forEach(backend::free);
    }

    private Layer load(int layer, int width) {
        List<DeviceTensor> around = new ArrayList<>();
        try {
            WeightReader of = reader.telling(around::add).below("layers." + layer + ".");
            return new Layer(LayerWeights.load(of, config, layer, ffn(layer, width)), List.copyOf(around));
        } catch (RuntimeException | Error e) {
            around.forEach(reader.backend()::free);
            throw e;
        }
    }

    private FfnWeights ffn(int layer, int width) {
        List<DeviceTensor> loaded = new ArrayList<>();
        try {
            WeightReader in = reader.telling(loaded::add).below("layers." + layer + ".mlp.");
            int hidden = config.hiddenSize();
            int whole = config.intermediateSize().get(layer);
            return new FfnWeights(
                    in.matrix("gate_proj.weight", whole, hidden, width, hidden),
                    in.matrix("up_proj.weight", whole, hidden, width, hidden),
                    in.matrix("down_proj.weight", hidden, whole, hidden, width));
        } catch (RuntimeException | Error e) {
            loaded.forEach(reader.backend()::free);
            throw e;
        }
    }

    /** Units that are held, 0 for a layer that isn't. */
    private int held(int layer) {
        Layer there = layers.get(layer);
        return there == null ? 0 : there.weights().ffn().width();
    }

    /** Units to hold for a slice. */
    private int width(int layer, MatFormerSlice slice) {
        if (!slice.keeps(layer)) {
            return 0;
        }
        int whole = config.intermediateSize().get(layer);
        int block = Math.max(BLOCK, downType(layer).blockElements());
        return Math.min(whole, (slice.ffn().get(layer) + block - 1) / block * block);
    }

    private MatFormerSlice state() {
        Set<Integer> none = new HashSet<>();
        List<Integer> widths = new ArrayList<>();
        for (int layer = 0; layer < layers.size(); layer++) {
            int width = held(layer);
            if (width == 0) {
                none.add(layer);
            }
            widths.add(width == 0 ? config.intermediateSize().get(layer) : width);
        }
        return new MatFormerSlice("what is held", none, widths);
    }
}

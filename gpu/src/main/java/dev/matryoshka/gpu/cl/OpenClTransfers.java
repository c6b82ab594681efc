package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_FALSE;
import static org.lwjgl.opencl.CL10.CL_MAP_READ;
import static org.lwjgl.opencl.CL10.clFinish;
import static org.lwjgl.opencl.CL10.nclEnqueueMapBuffer;
import static org.lwjgl.opencl.CL10.nclEnqueueReadBuffer;
import static org.lwjgl.opencl.CL10.nclEnqueueUnmapMemObject;
import static org.lwjgl.opencl.CL12.CL_MAP_WRITE_INVALIDATE_REGION;
import static org.lwjgl.opencl.CL12.clEnqueueFillBuffer;
import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memAddress;

import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Transfers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.IntBuffer;
import java.util.function.Consumer;
import org.lwjgl.system.MemoryStack;

/** Copies through mappings, so that the driver chooses how; piece by piece, so that it need not stage much. */
record OpenClTransfers(long queue) implements Transfers {
    private static final long PIECE = 32L << 20;

    @Override
    public void upload(DeviceBuffer to, long offset, long count, long unit, Source source) {
        long most = PIECE / unit * unit;
        for (long at = 0; at < count; at += most) {
            long from = at;
            long piece = Math.min(most, count - at);
            mapped(to, CL_MAP_WRITE_INVALIDATE_REGION, offset + at, piece, into -> source.fill(into, from, piece));
        }
    }

    @Override
    public void download(DeviceBuffer from, long offset, MemorySegment into) {
        for (long at = 0; at < into.byteSize(); at += PIECE) {
            MemorySegment piece = into.asSlice(at, Math.min(PIECE, into.byteSize() - at));
            mapped(from, CL_MAP_READ, offset + at, piece.byteSize(), piece::copyFrom);
        }
    }

    @Override
    public void gather(DeviceBuffer from, long[] offsets, long count, MemorySegment into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(into.byteSize());
            for (int i = 0; i < offsets.length; i++) {
                long to = host.address() + i * count;
                Cl.check(
                        nclEnqueueReadBuffer(queue, from.handle(), CL_FALSE, offsets[i], count, to, 0, NULL, NULL),
                        "copy memory");
            }
            Cl.check(clFinish(queue), "copy memory");
            into.copyFrom(host);
        }
    }

    @SuppressWarnings("restricted") // a mapping is as long as was asked for
    private void mapped(DeviceBuffer buffer, long how, long offset, long count, Consumer<MemorySegment> body) {
        try (MemoryStack stack = stackPush()) {
            IntBuffer result = stack.ints(0);
            long address = nclEnqueueMapBuffer(
                    queue, buffer.handle(), 1, how, offset, count, 0, NULL, NULL, memAddress(result));
            Cl.check(result.get(0), "map memory");
            try {
                body.accept(MemorySegment.ofAddress(address).reinterpret(count));
            } finally {
                Cl.check(nclEnqueueUnmapMemObject(queue, buffer.handle(), address, 0, NULL, NULL), "copy memory");
                Cl.check(clFinish(queue), "copy memory");
            }
        }
    }

    @Override
    public void clear(DeviceBuffer buffer) {
        try (MemoryStack stack = stackPush()) {
            Cl.check(
                    clEnqueueFillBuffer(queue, buffer.handle(), stack.calloc(4), 0, buffer.bytes(), null, null),
                    "clear memory");
            Cl.check(clFinish(queue), "clear memory");
        }
    }
}

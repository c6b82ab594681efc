package dev.matryoshka.engine.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Bytes of a mapping as vectors of int and float, one byte a lane. */
final class ByteLanes {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    static final int LANES = F.length();

    /** 0, 1, 2, … */
    static final IntVector INDEX = IntVector.broadcast(I, 0).addIndex(1);

    /** The smallest vector of bytes has eight; fewer lanes take theirs out of one int. */
    private static final boolean WIDE = LANES >= 8;

    private static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(WIDE ? 8 * LANES : 64));
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    private static final IntVector SHIFTS = INDEX.mul(8);

    private ByteLanes() {}

    /** Unsigned bytes from an address on. */
    static IntVector load(MemorySegment bytes, long at) {
        if (WIDE) {
            return (IntVector)
                    ByteVector.fromMemorySegment(B, bytes, at, LE).convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
        }
        return IntVector.broadcast(I, bytes.get(INT, at))
                .lanewise(VectorOperators.LSHR, SHIFTS)
                .and(0xFF);
    }

    static FloatVector floats(IntVector v) {
        return (FloatVector) v.convert(VectorOperators.I2F, 0);
    }

    static FloatVector broadcast(float value) {
        return FloatVector.broadcast(F, value);
    }
}

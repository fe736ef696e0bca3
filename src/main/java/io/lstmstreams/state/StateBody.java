package io.lstmstreams.state;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The codec of the numbers that the next step of a sequence begins with: the part of a state's bytes between the ids of
 * its last events and the checksum. Immutable.
 */
abstract class StateBody {
    /** Returns the codec for the states of a network. */
    static StateBody of(Network network) {
        return network.execution().carries() ? new CarriedBody(network) : new WindowBody(network);
    }

    /** Returns the number of bytes, which is the same for all states of a network. */
    abstract int bytes();

    /**
     * Returns a description of the numbers. A network can continue with the states of another network that has the
     * same description.
     */
    abstract String shape();

    /** Returns the CRC-32C of the description. */
    final int shapeChecksum() {
        byte[] shape = shape().getBytes(StandardCharsets.US_ASCII);
        return StateLayout.checksum(shape, shape.length);
    }

    /** Writes the numbers of a state at the buffer's position. */
    abstract void write(SequenceState state, ByteBuffer out);

    /**
     * Checks that {@link #read} can read the numbers, which begin at the buffer's position.
     *
     * @throws UnreadableStateException if the numbers are impossible
     */
    abstract void check(ByteBuffer in);

    /** Reads the numbers from the buffer's position into a state. */
    abstract void read(ByteBuffer in, SequenceState state);

    static void write(float[] values, ByteBuffer out) {
        out.asFloatBuffer().put(values);
        out.position(out.position() + values.length * Float.BYTES);
    }

    static void read(ByteBuffer in, float[] values) {
        in.asFloatBuffer().get(values);
        in.position(in.position() + values.length * Float.BYTES);
    }
}

package io.lstmstreams.state;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.ByteBuffer;

/** The codec of (h, c) of every recurrent layer, for a network that carries its state from event to event. */
final class CarriedBody extends StateBody {
    private final int bytes;
    private final String shape;

    CarriedBody(Network network) {
        SequenceState state = new SequenceState(network);
        StringBuilder text = new StringBuilder();
        long numbers = 0;
        for (int i = 0; i < state.layers(); i++) {
            numbers += state.h(i).length + state.c(i).length;
            text.append("h ").append(state.h(i).length);
            text.append(" c ").append(state.c(i).length).append('\n');
        }
        if (state.hasOwnFeatures()) {
            numbers += state.features().length;
            text.append("features ").append(state.features().length).append('\n');
        }
        this.bytes = Math.toIntExact(numbers * Float.BYTES);
        this.shape = text.toString();
    }

    @Override
    int bytes() {
        return bytes;
    }

    @Override
    String shape() {
        return shape;
    }

    @Override
    void write(SequenceState state, ByteBuffer out) {
        for (int i = 0; i < state.layers(); i++) {
            write(state.h(i), out);
            write(state.c(i), out);
        }
        if (state.hasOwnFeatures()) {
            write(state.features(), out);
        }
    }

    @Override
    void check(ByteBuffer in) {
        // Every float32 is possible.
    }

    @Override
    void read(ByteBuffer in, SequenceState state) {
        for (int i = 0; i < state.layers(); i++) {
            read(in, state.h(i));
            read(in, state.c(i));
        }
        if (state.hasOwnFeatures()) {
            read(in, state.features());
        }
    }
}

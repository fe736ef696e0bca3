package io.lstmstreams.state;

import io.lstmstreams.recurrent.EventWindow;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.nio.ByteBuffer;

/** The codec of the last events, for a network that runs windows. */
final class WindowBody extends StateBody {
    private final boolean oneHot;
    private final int inputSize;
    private final int features; // the length of the first head's input; 0 if it is one of h
    private final int capacity; // events
    private final int indexes; // per event; 0 for dense input
    private final int values; // stored per event; 0 for one-hot input, whose only value is 1
    private final String shape;

    WindowBody(Network network) {
        SequenceState state = new SequenceState(network);
        EventWindow window = state.window();
        this.oneHot = network.encoding() == InputEncoding.ONE_HOT;
        this.inputSize = network.inputSize();
        this.features = state.hasOwnFeatures() ? state.features().length : 0;
        this.capacity = window.capacity();
        this.indexes = window.indexes(0).length;
        this.values = oneHot ? 0 : window.values(0).length;
        String events = "window " + capacity + " of " + network.encoding().specName() + ' ' + inputSize + '\n';
        this.shape = state.hasOwnFeatures() ? events + "features " + features + '\n' : events;
    }

    @Override
    int bytes() {
        long numbers = features + 1 + (long) capacity * (indexes + values);
        return Math.toIntExact(numbers * Float.BYTES);
    }

    @Override
    String shape() {
        return shape;
    }

    @Override
    void write(SequenceState state, ByteBuffer out) {
        if (state.hasOwnFeatures()) {
            write(state.features(), out);
        }
        EventWindow window = state.window();
        out.putInt(window.size());
        for (int k = 0; k < window.size(); k++) {
            out.asIntBuffer().put(window.indexes(k));
            out.position(out.position() + indexes * Integer.BYTES);
            if (!oneHot) {
                write(window.values(k), out);
            }
        }
    }

    /** Checks the number of events and their indexes. The checksum protects from accidents, not from intent. */
    @Override
    void check(ByteBuffer in) {
        in.position(in.position() + features * Float.BYTES);
        int size = in.getInt();
        boolean possible = size >= 0 && size <= capacity;
        for (int k = 0; possible && k < size; k++) {
            for (int i = 0; i < indexes; i++) {
                int index = in.getInt();
                possible &= index >= (oneHot ? 0 : SparseInput.UNUSED) && index < inputSize;
            }
            in.position(in.position() + values * Float.BYTES);
        }
        if (!possible) {
            throw new UnreadableStateException(
                    UnreadableStateException.Reason.DAMAGED,
                    "the stored state is damaged: the contents of its window are not possible");
        }
    }

    @Override
    void read(ByteBuffer in, SequenceState state) {
        if (state.hasOwnFeatures()) {
            read(in, state.features());
        }
        EventWindow window = state.window();
        int size = in.getInt();
        window.clear();
        for (int k = 0; k < size; k++) {
            window.makeRoom();
            in.asIntBuffer().get(window.indexes(k));
            in.position(in.position() + indexes * Integer.BYTES);
            if (oneHot) {
                window.values(k)[0] = 1f;
            } else {
                read(in, window.values(k));
            }
        }
    }
}

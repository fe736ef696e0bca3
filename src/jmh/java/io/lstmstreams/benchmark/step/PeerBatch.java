package io.lstmstreams.benchmark.step;

import io.lstmstreams.benchmark.peer.OnnxNetwork;
import io.lstmstreams.benchmark.peer.Peer;
import io.lstmstreams.benchmark.peer.PeerSession;
import io.lstmstreams.recurrent.Network;
import java.nio.ByteBuffer;

/** One or more sequences that the peer advances in one call, with buffers that are allocated once. */
final class PeerBatch implements Sequences {
    private final PeerSession session;
    private final int count;
    private final int symbols;
    private final int layers;
    private final ByteBuffer x;
    private final ByteBuffer[] in; // h0, c0, h1, ...
    private final ByteBuffer[] out;
    private final float[] h;
    private final int[] hot; // the positions of the ones in x, in bytes
    private int step;

    PeerBatch(Network network, int count) {
        this.session = Peer.onnxRuntime().open(OnnxNetwork.of(network, count, false));
        this.count = count;
        this.symbols = network.inputSize();
        this.layers = network.layers().size();
        this.x = session.tensor("x");
        this.in = new ByteBuffer[2 * layers];
        this.out = new ByteBuffer[2 * layers];
        for (int i = 0; i < layers; i++) {
            in[2 * i] = session.tensor("h" + i);
            in[2 * i + 1] = session.tensor("c" + i);
            out[2 * i] = session.tensor("h" + i + "'");
            out[2 * i + 1] = session.tensor("c" + i + "'");
        }
        this.h = new float[network.layers().get(layers - 1).outputSize()];
        this.hot = new int[count];
    }

    @Override
    public void step() {
        for (int line : hot) {
            x.putFloat(line, 0);
        }
        for (int s = 0; s < count; s++) {
            hot[s] = (s * symbols + Sequences.symbol(s, step, symbols)) * Float.BYTES;
            x.putFloat(hot[s], 1);
        }
        session.run();
        for (int i = 0; i < in.length; i++) {
            in[i].put(0, out[i], 0, out[i].capacity());
        }
        step = (step + 1) % PERIOD;
    }

    @Override
    public float[] h(int sequence) {
        out[2 * layers - 2].asFloatBuffer().get(sequence * h.length, h);
        return h;
    }
}

package io.lstmstreams.benchmark.step;

import io.lstmstreams.benchmark.peer.OnnxNetwork;
import io.lstmstreams.benchmark.peer.Peer;
import io.lstmstreams.recurrent.Network;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One sequence that the peer advances with arrays for inputs and outputs, as most users write it. */
final class PeerArrays implements Sequences {
    private final UnaryOperator<Map<String, float[][][]>> session;
    private final int symbols;
    private final int layers;
    private final Map<String, float[][][]> inputs = new HashMap<>();
    private int step;

    PeerArrays(Network network) {
        session = Peer.onnxRuntime().openForArrays(OnnxNetwork.of(network, 1, false));
        symbols = network.inputSize();
        layers = network.layers().size();
        for (int i = 0; i < layers; i++) {
            int units = network.layers().get(i).outputSize();
            inputs.put("h" + i, new float[1][1][units]);
            inputs.put("c" + i, new float[1][1][units]);
        }
    }

    @Override
    public void step() {
        float[][][] x = new float[1][1][symbols];
        x[0][0][Sequences.symbol(0, step, symbols)] = 1;
        inputs.put("x", x);
        Map<String, float[][][]> outputs = session.apply(inputs);
        for (int i = 0; i < layers; i++) {
            inputs.put("h" + i, outputs.get("h" + i + "'"));
            inputs.put("c" + i, outputs.get("c" + i + "'"));
        }
        step = (step + 1) % PERIOD;
    }

    @Override
    public float[] h(int sequence) {
        return inputs.get("h" + (layers - 1))[0][0];
    }
}

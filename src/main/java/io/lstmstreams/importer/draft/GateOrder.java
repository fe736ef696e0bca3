package io.lstmstreams.importer.draft;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a framework stores the gates of a cell: each gate is a block of rows or columns of the weights.
 * Converts weights to our order, which is PyTorch's: i, f, g, o for an LSTM and r, z, n for a GRU, as rows of {@code
 * [gates * units, inputs]}. Immutable.
 */
public final class GateOrder {
    /** The order of a cell with one gate, a simple RNN. */
    public static final GateOrder SINGLE = new GateOrder("n", "n");

    private final int[] stored; // by our gate: the position of its block in the file

    private GateOrder(String ours, String theirs) {
        stored = new int[ours.length()];
        for (int gate = 0; gate < stored.length; gate++) {
            stored[gate] = theirs.indexOf(ours.charAt(gate));
        }
    }

    /**
     * Returns the order of an LSTM's gates.
     *
     * @param theirs the gates in the file's order: i, f, o, and g for the candidate, which others call c or j
     */
    public static GateOrder lstm(String theirs) {
        return new GateOrder("ifgo", theirs);
    }

    /**
     * Returns the order of a GRU's gates.
     *
     * @param theirs the gates in the file's order: r for reset, z for update, which others call u, and n for the
     *     candidate, which others call h
     */
    public static GateOrder gru(String theirs) {
        return new GateOrder("rzn", theirs);
    }

    /**
     * Returns the order of Keras' layers: i, f, c, o and z, r, h.
     *
     * @param gates 4 for an LSTM, 3 for a GRU, 1 for a simple RNN
     */
    public static GateOrder keras(int gates) {
        return switch (gates) {
            case 4 -> lstm("ifgo");
            case 3 -> gru("zrn");
            default -> SINGLE;
        };
    }

    /** Returns the number of gates. */
    public int gates() {
        return stored.length;
    }

    /**
     * Returns a copy of an array of blocks in our order.
     *
     * @param from the index of the first block's first element
     * @param block the number of elements of a block
     */
    public float[] blocks(float[] values, int from, int block) {
        float[] ordered = new float[stored.length * block];
        for (int gate = 0; gate < stored.length; gate++) {
            System.arraycopy(values, from + stored[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }

    /** Returns a matrix {@code [gates * units, inputs]}, or a vector of {@code gates * units}, in our order. */
    public Tensor rows(Tensor tensor) {
        int block = tensor.values().length / stored.length;
        return new Tensor(tensor.name(), tensor.shape(), blocks(tensor.values(), 0, block));
    }

    /** Returns a matrix {@code [inputs, gates * units]} transposed and in our order. */
    public Tensor columns(Tensor kernel) {
        return rows(Matrices.transposed(kernel));
    }

    /**
     * Returns the parameters of a cell in Keras' layout (keras/src/layers/rnn).
     *
     * @param kernel the weights of the input, {@code [inputs, gates * units]}
     * @param recurrent the weights of the state, {@code [units, gates * units]}
     * @param bias {@code gates * units} values, or twice as many if the state has a bias of its own, if there is a bias
     */
    public Map<String, Tensor> ofKeras(Tensor kernel, Tensor recurrent, @Nullable Tensor bias) {
        return parameters(columns(kernel), columns(recurrent), bias);
    }

    /**
     * Returns the parameters of a layer of CuDNN as Keras stores it: an array {@code [inputs, gates * units]} holds the
     * numbers in CuDNN's order, in which each gate's block, read row by row, is already {@code [units, inputs]}
     * (hdf5_format.py).
     *
     * @param bias twice {@code gates * units} values, if there is a bias
     */
    public Map<String, Tensor> ofCudnn(Tensor kernel, Tensor recurrent, @Nullable Tensor bias) {
        return parameters(rows(byGate(kernel)), rows(byGate(recurrent)), bias);
    }

    private Map<String, Tensor> parameters(Tensor weightIh, Tensor weightHh, @Nullable Tensor bias) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight_ih", weightIh);
        parameters.put("weight_hh", weightHh);
        if (bias != null) {
            int rows = (int) weightIh.shape()[0];
            Tensor all = Matrices.flat(bias);
            parameters.put("bias_ih", rows(Matrices.rows(all, 0, rows)));
            if (all.values().length > rows) {
                parameters.put("bias_hh", rows(Matrices.rows(all, rows, 2 * rows)));
            }
        }
        return parameters;
    }

    /**
     * Turns {@code [inputs, gates * units]} into {@code [gates * units, inputs]} without changing a gate's order of
     * numbers.
     */
    private Tensor byGate(Tensor kernel) {
        int inputs = (int) kernel.shape()[0];
        int columns = (int) kernel.shape()[1];
        int units = columns / stored.length;
        float[] values = new float[inputs * columns];
        for (int gate = 0; gate < stored.length; gate++) {
            for (int row = 0; row < inputs; row++) {
                int at = (gate * inputs + row) * units;
                System.arraycopy(kernel.values(), row * columns + gate * units, values, at, units);
            }
        }
        return new Tensor(kernel.name(), new long[] {columns, inputs}, values);
    }
}

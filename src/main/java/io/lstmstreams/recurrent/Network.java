package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A model whose weights are packed for one kernel. Immutable: one instance serves all threads, each through a
 * {@link Stepper} of its own.
 */
public final class Network {
    private final Model model;
    private final Kernel kernel;
    private final List<Supplier<Cell>> cells; // for each layer; of none for an embedding that was folded
    private final List<Matrix> heads; // null for a head without weights

    private Network(Model model, Kernel kernel) {
        this.model = model;
        this.kernel = kernel;
        NetworkPacker packer = new NetworkPacker(model, kernel);
        this.cells = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            cells.add(packer.pack(i));
        }
        this.heads = new ArrayList<>();
        for (Head head : model.heads()) {
            heads.add(head.isIdentity() ? null : kernel.matrix(head.outputs(), head.inputs(), head.weights()));
        }
    }

    /** Packs a model's weights for a kernel. */
    public static Network of(Model model, Kernel kernel) {
        return new Network(model, kernel);
    }

    /** The model that was packed. */
    public Model model() {
        return model;
    }

    /** The kernel that it was packed for. */
    public Kernel kernel() {
        return kernel;
    }

    /** A new stepper, for one thread. */
    public Stepper stepper() {
        return new Stepper(this);
    }

    /** New cells, one for each layer; null for a layer that was folded into another one. */
    Cell[] newCells() {
        return cells.stream().map(cell -> cell == null ? null : cell.get()).toArray(Cell[]::new);
    }

    /** A head's weights; null if it has none. */
    Matrix head(int index) {
        return heads.get(index);
    }
}

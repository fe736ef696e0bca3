package io.lstmstreams.importer.torch;

import java.util.Set;

/** The kinds of layers with parameters. */
enum Cell {
    LSTM("lstm", 4),
    GRU("gru", 3),
    RNN("rnn", 1),
    EMBEDDING("embedding", 0),
    DENSE("dense", 0),
    BATCH_NORM("batch_norm", 0),
    LAYER_NORM("layer_norm", 0);

    /** Kinds of layers without parameters, which only a spec can name. */
    static final Set<String> WITHOUT_PARAMETERS = Set.of("activation", "add", "concat", "multiply", "slice");

    private final String specName;
    private final int gates;

    Cell(String specName, int gates) {
        this.specName = specName;
        this.gates = gates;
    }

    /** The word in a spec. */
    String specName() {
        return specName;
    }

    /** How many blocks of rows the weights have; 0 for what is not recurrent. */
    int gates() {
        return gates;
    }

    boolean recurrent() {
        return gates > 0;
    }
}

package io.lstmstreams.importer.torch;

/** The kinds of layers with parameters. */
enum LayerKind {
    LSTM("lstm", 4),
    GRU("gru", 3),
    RNN("rnn", 1),
    EMBEDDING("embedding", 0),
    DENSE("dense", 0),
    BATCH_NORM("batch_norm", 0),
    LAYER_NORM("layer_norm", 0);

    private final String specName;
    private final int gates;

    LayerKind(String specName, int gates) {
        this.specName = specName;
        this.gates = gates;
    }

    /** Returns the name in a spec. */
    String specName() {
        return specName;
    }

    /** Returns the number of gates, each a block of rows in the weights; 0 for layers that are not recurrent. */
    int gates() {
        return gates;
    }

    boolean recurrent() {
        return gates > 0;
    }
}

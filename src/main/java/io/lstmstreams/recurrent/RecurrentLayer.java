package io.lstmstreams.recurrent;

/** A layer that remembers: its output h(t) is read again at step t + 1. */
public sealed interface RecurrentLayer extends Layer permits LstmLayer, GruLayer, RnnLayer {

    /** The hidden units. */
    int units();

    /** The length of the cell state c, 0 where the cell has none. */
    int cellStateSize();

    /** The length of h. */
    @Override
    int outputSize();
}

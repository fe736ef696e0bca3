package io.lstmstreams.benchmark.step;

/** Sequences that advance together, each by its own event and always from the state of its last step. */
interface Sequences {
    /** The number of steps after which a sequence's events repeat. */
    int PERIOD = 64;

    /** Advances each sequence by one step. */
    void step();

    /** Returns the top layer's h of a sequence; valid until the next step. */
    float[] h(int sequence);

    /** Returns the event of a sequence at a step, the same for all implementations. */
    static int symbol(int sequence, int step, int symbols) {
        return (sequence * 13 + step % PERIOD * 7) % symbols;
    }
}

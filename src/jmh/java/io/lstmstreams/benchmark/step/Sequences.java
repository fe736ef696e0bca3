package io.lstmstreams.benchmark.step;

/** Some sequences that are stepped together, each by an event of its own, always from the state of its step before. */
interface Sequences {
    /** How many steps pass before a sequence's events repeat. */
    int PERIOD = 64;

    /** One step of each. */
    void step();

    /** The top layer's h of one of them; valid until the next step. */
    float[] h(int sequence);

    /** The event of a sequence at a step, so that all ways step through the same ones. */
    static int symbol(int sequence, int step, int symbols) {
        return (sequence * 13 + step % PERIOD * 7) % symbols;
    }
}

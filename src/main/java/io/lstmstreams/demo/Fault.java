package io.lstmstreams.demo;

import java.util.List;

/** The fault of a session. Most sessions have {@link #NONE}. */
enum Fault {
    NONE("is normal"),
    CUT_SHORT("stops before the block is stored"),
    EXCEPTION("has a data node report an exception"),
    OUT_OF_PLACE("has an event at the wrong time"),
    REPEATED("does a whole step twice"),
    MISSING("lacks most of a step");

    /** The faults that the demo injects: all except {@link #NONE}. */
    static final List<Fault> INJECTED = List.of(CUT_SHORT, EXCEPTION, OUT_OF_PLACE, REPEATED, MISSING);

    private final String description;

    Fault(String description) {
        this.description = description;
    }

    /** Returns a predicate that completes "The session ...". */
    String description() {
        return description;
    }
}

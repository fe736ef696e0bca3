package io.lstmstreams.demo;

import java.util.List;

/** What is wrong with a session; {@link #NONE} for most of them. */
enum Fault {
    NONE("is as it should be"),
    CUT_SHORT("stops before the block is stored"),
    EXCEPTION("has a data node report an exception"),
    OUT_OF_PLACE("has an event at the wrong time"),
    REPEATED("does a whole step twice"),
    MISSING("lacks most of a step");

    /** The kinds of damage, which is all but {@link #NONE}. */
    static final List<Fault> DAMAGES = List.of(CUT_SHORT, EXCEPTION, OUT_OF_PLACE, REPEATED, MISSING);

    private final String description;

    Fault(String description) {
        this.description = description;
    }

    /** A few plain words, to read after "the session ". */
    String description() {
        return description;
    }
}

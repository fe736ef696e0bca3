package io.lstmstreams.config;

/** What becomes of a live sequence when another model takes over. */
public enum ModelChange {
    /** It stays with the model that it began with, to its end. */
    FINISH_OLD,
    /** It begins anew with its next event. */
    RESTART,
    /** The new model goes on with its state, where that has the same shape; it begins anew where not. */
    CARRY
}

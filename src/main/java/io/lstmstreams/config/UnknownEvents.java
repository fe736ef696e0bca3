package io.lstmstreams.config;

/** What becomes of an event that the model was not trained on. */
public enum UnknownEvents {
    /** It goes to the dead letters. */
    DEAD_LETTER,
    /** It is left out, as if it had not happened. */
    SKIP,
    /** It is stepped as the vocabulary's unknown symbol. */
    UNKNOWN_SYMBOL,
    /** It stops the application. */
    FAIL
}

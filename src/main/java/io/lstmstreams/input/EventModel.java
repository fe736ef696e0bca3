package io.lstmstreams.input;

import io.lstmstreams.recurrent.Model;

/**
 * A trained network together with the names of its events: all that a model file holds. Immutable.
 *
 * @param network shape and weights
 * @param vocabulary the events that its input lines stand for
 */
public record EventModel(Model network, Vocabulary vocabulary) {
    /** Checks that the two fit together. */
    public EventModel {
        if (vocabulary.size() != network.inputSize()) {
            throw new IllegalArgumentException("the vocabulary has " + vocabulary.size()
                    + " lines, but the model's input has " + network.inputSize());
        }
    }
}

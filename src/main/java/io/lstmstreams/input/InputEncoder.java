package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.SparseInput;

/** Turns events into input lines, as a model's spec says. Immutable. */
public final class InputEncoder {
    private final Vocabulary vocabulary;
    private final InputEncoding encoding;
    private final SparseInput[] oneHot; // one for each line, so that encoding allocates nothing

    /** An encoder for a model's input. */
    public InputEncoder(EventModel model) {
        this.vocabulary = model.vocabulary();
        this.encoding = model.network().encoding();
        this.oneHot = new SparseInput[encoding == InputEncoding.ONE_HOT ? vocabulary.size() : 0];
        for (int i = 0; i < oneHot.length; i++) {
            oneHot[i] = SparseInput.oneHot(i);
        }
    }

    /**
     * Encodes an event.
     *
     * @throws UnknownEventException if the model was not trained on it
     * @throws BadEventException if it is no input of this model at all
     */
    public SparseInput encode(Event event) {
        return encoding == InputEncoding.DENSE ? dense(event) : oneHot[index(event)];
    }

    /**
     * The input that stands for every unknown event.
     *
     * @throws IllegalStateException if the model has none
     */
    public SparseInput unknown() {
        if (encoding == InputEncoding.DENSE) {
            throw new IllegalStateException("the model takes dense vectors, of which none stands for unknown events");
        }
        if (vocabulary.unknown() < 0) {
            throw new IllegalStateException("the model's vocabulary has no unknown symbol");
        }
        return oneHot[vocabulary.unknown()];
    }

    private int index(Event event) {
        int index;
        if (event instanceof Event.Symbol symbol) {
            index = vocabulary.indexOf(symbol.name());
            if (index < 0) {
                throw new UnknownEventException(
                        vocabulary.hasSymbols()
                                ? "the event is not in the model's vocabulary"
                                : "the event is a symbol, but the model knows events by their index only");
            }
        } else if (event instanceof Event.Index number) {
            if (number.value() < 0 || number.value() >= vocabulary.size()) {
                throw new UnknownEventException("the event's index is not within 0 to " + (vocabulary.size() - 1));
            }
            index = (int) number.value();
        } else {
            index = hotLine(((Event.Vector) event).values());
        }
        if (index == vocabulary.end()) {
            throw new BadEventException("the end of a sequence is not an event; a record without a value ends one");
        }
        return index;
    }

    private int hotLine(float[] vector) {
        checkLength(vector);
        int hot = -1;
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] == 0f) {
                continue;
            }
            if (vector[i] != 1f || hot >= 0) {
                throw new BadEventException(
                        "element " + i + " breaks the one-hot vector: one element is 1, all the others are 0");
            }
            hot = i;
        }
        if (hot < 0) {
            throw new BadEventException("the one-hot vector is all zeros");
        }
        return hot;
    }

    private SparseInput dense(Event event) {
        if (!(event instanceof Event.Vector vector)) {
            throw new BadEventException("the model takes dense vectors, the event is none");
        }
        checkLength(vector.values());
        for (int i = 0; i < vector.values().length; i++) {
            if (!Float.isFinite(vector.values()[i])) {
                throw new BadEventException("element " + i + " of the vector is not a finite number");
            }
        }
        return SparseInput.dense(vector.values());
    }

    private void checkLength(float[] vector) {
        if (vector.length != vocabulary.size()) {
            throw new BadEventException(
                    "the vector has " + vector.length + " elements, the model's input has " + vocabulary.size());
        }
    }
}

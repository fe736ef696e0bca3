package io.lstmstreams.recurrent;

/** The encoding of events as input vectors x. */
public enum InputEncoding {
    /** One element is 1, the others are 0: the product with the input weights is one column of the weights. */
    ONE_HOT("one-hot"),
    /** Every element may be any number. */
    DENSE("dense"),
    /** One element: the event's index as a number. */
    INDEX("index"),
    /** Several fields of a record, one after the other: one-hot vectors, numbers and dense vectors. */
    FIELDS("fields");

    private final String specName;

    InputEncoding(String specName) {
        this.specName = specName;
    }

    /** Returns the encoding's name in a model's spec. */
    public String specName() {
        return specName;
    }
}

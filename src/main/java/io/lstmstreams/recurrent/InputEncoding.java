package io.lstmstreams.recurrent;

/** What an input vector x looks like. */
public enum InputEncoding {
    /** One line is 1, the others are 0: the product with the input weights is one column of them. */
    ONE_HOT("one-hot"),
    /** Every line may hold any number. */
    DENSE("dense"),
    /** One line, which holds the event's index as a number. */
    INDEX("index"),
    /** Several fields of a record side by side: one-hot ones, numbers and vectors. */
    FIELDS("fields");

    private final String specName;

    InputEncoding(String specName) {
        this.specName = specName;
    }

    /** The name in a model's spec. */
    public String specName() {
        return specName;
    }
}

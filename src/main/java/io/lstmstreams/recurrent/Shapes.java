package io.lstmstreams.recurrent;

/** The check of weight arrays against their shapes, made when a layer is created. A step checks nothing. */
final class Shapes {
    private Shapes() {}

    static void check(String what, float[] values, long rows, long columns) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(what + ": shape " + rows + " x " + columns + " is empty");
        }
        if (values.length != rows * columns) {
            throw new IllegalArgumentException(
                    what + ": " + values.length + " values for shape " + rows + " x " + columns);
        }
    }
}

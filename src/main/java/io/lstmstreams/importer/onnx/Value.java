package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.List;

/** What a name in the graph stands for, as far as it is followed. */
sealed interface Value {

    /**
     * A constant that is repeated along axes of open size, such as a state of zeros for each sequence of a batch.
     *
     * @param base what is repeated
     * @param dims the shape that it is stretched to, as broadcasting does
     */
    record Repeated(Constant base, List<Num> dims) implements Value {
        public Repeated {
            dims = List.copyOf(dims);
        }
    }

    /**
     * Something computed from the model's inputs: a vector for each combination of the other axes.
     *
     * @param expr what the vector is, as a function of one step's vectors
     * @param axes for each dimension of the tensor the axes that it is made of
     * @param feature the axis of the vector; null for a model's input of which it is not yet known
     * @param type of its elements
     * @param state whether it is the last state of a recurrent operator, only reshaped since
     */
    record Signal(Expr expr, List<List<Axis>> axes, Axis feature, OnnxType type, boolean state) implements Value {
        public Signal {
            axes = List.copyOf(axes);
        }

        int rank() {
            return axes.size();
        }

        Signal withAxes(List<List<Axis>> newAxes) {
            return new Signal(expr, newAxes, feature, type, state);
        }

        Signal with(Expr newExpr) {
            return new Signal(newExpr, axes, feature, type, false);
        }

        /** Says which dimension of a model's input is the vector's. False if that cannot be. */
        boolean bindFeature(int dimension, long length) {
            GraphInput input = expr.input();
            return input != null && input.bindFeature(axes.get(dimension), length);
        }

        /**
         * The same with a dimension as the vector's, where an operation says that by its axis, as weights do elsewhere. Null
         * if it is another's, or none that can be.
         *
         * @param length of the vector, or -1 if the operation does not tell
         */
        Signal alongFeature(int dimension, long length) {
            if (feature == null && !bindFeature(dimension, length)) {
                return null;
            }
            Signal signal = bound();
            List<Axis> along = Axis.significant(axes.get(dimension));
            boolean fits = along.equals(Axis.significant(List.of(signal.feature)));
            return fits && signal.bindUnits(length) ? signal : null;
        }

        /** The same with the axis of the vector that has become known since. */
        Signal bound() {
            GraphInput input = feature == null ? expr.input() : null;
            if (input == null || !input.isBound()) {
                return this;
            }
            Axis axis = input.feature() == null ? Axis.ofFeatures(1) : input.feature();
            return new Signal(expr, axes, axis, type, state);
        }

        /** Says how long the vector is, where the model leaves its input open. False if that cannot be. */
        boolean bindUnits(long length) {
            if (length >= 0 && expr.units() < 0 && expr.lengthOf() != null) {
                expr.lengthOf().bindUnits(length);
            }
            return length < 0 || expr.units() == length;
        }

        /** The axis of the vector, also where it has become known since; null if it has not, or if there is none. */
        Axis knownFeature() {
            GraphInput input = feature == null ? expr.input() : null;
            return input == null ? feature : input.feature();
        }

        /** Whether it is not known which axis is the vector's. */
        boolean isOpen() {
            return feature == null && (expr.input() == null || !expr.input().isBound());
        }

        /** The dimension that is the vector's, or -1 if there is none, as for a vector of one element. */
        int featureAt() {
            return axes.indexOf(List.of(feature));
        }
    }

    /**
     * A result that is no model's output for us, such as the index of the largest: an output of the graph may be one if there
     * are others, but nothing may read it.
     *
     * @param operation what made it
     */
    record Aside(String operation) implements Value {}

    /**
     * Whether an index is below zero, and counts from the end of a table; no index is, here.
     *
     * @param index the index
     */
    record BelowZero(Expr index) implements Value {}

    /** A constant of the file, or one computed from such. */
    final class Constant implements Value {
        private final View view;
        private final float[] floats;
        private final Num[] numbers;
        private final OnnxType type;
        private final String name;

        private Constant(View view, float[] floats, Num[] numbers, OnnxType type, String name) {
            this.view = view;
            this.floats = floats;
            this.numbers = numbers;
            this.type = type;
            this.name = name;
        }

        static Constant of(float[] values, OnnxType type, String name, int... dims) {
            return new Constant(View.contiguous(dims), values, null, type, name);
        }

        static Constant of(Num[] values, OnnxType type, String name, int... dims) {
            return new Constant(View.contiguous(dims), null, values, type, name);
        }

        Constant with(View newView) {
            return new Constant(newView, floats, numbers, type, name);
        }

        Constant named(String newName) {
            return new Constant(view, floats, numbers, type, newName);
        }

        View view() {
            return view;
        }

        OnnxType type() {
            return type;
        }

        String name() {
            return name;
        }

        boolean isFloating() {
            return floats != null;
        }

        /** Its values in row-major order; may be the array itself. */
        float[] floats() {
            int count = view.count();
            if (view.offset() == 0 && floats.length == count && view.isContiguous()) {
                return floats;
            }
            float[] values = new float[count];
            int[] at = {0};
            view.forEach(place -> values[at[0]++] = floats[place]);
            return values;
        }

        Num[] numbers() {
            Num[] values = new Num[view.count()];
            int[] at = {0};
            view.forEach(place -> values[at[0]++] = numbers[place]);
            return values;
        }

        /** A copy whose elements lie one after the other, in another shape. */
        Constant reshaped(int... dims) {
            return isFloating() ? of(floats(), type, name, dims) : of(numbers(), type, name, dims);
        }

        /** Whether each element is this one. */
        boolean isAll(float value) {
            if (!isFloating()) {
                return false;
            }
            for (float element : floats()) {
                if (element != value) {
                    return false;
                }
            }
            return true;
        }
    }
}

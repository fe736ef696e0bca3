package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The symbolic value of a name in the graph. */
sealed interface Value {

    /**
     * A constant that is repeated along axes of open size, such as a state of zeros for each sequence of a batch.
     *
     * @param base the constant
     * @param dims the shape to which the constant is broadcast
     */
    record Repeated(Constant base, List<SymbolicInteger> dims) implements Value {
        public Repeated {
            dims = List.copyOf(dims);
        }
    }

    /**
     * A value computed from the model's inputs: a vector for each combination of the other axes.
     *
     * @param expr the vector as a function of one step's vectors
     * @param axes the axes of each dimension of the tensor
     * @param feature the axis of the vector, unless it is a model's input whose axis is not known yet
     * @param type the type of the elements
     * @param state true for the last state of a recurrent operator, possibly reshaped
     */
    record Signal(
            Expression expr,
            List<List<Axis>> axes,
            @Nullable Axis feature,
            OnnxType type,
            boolean state) implements Value {
        public Signal {
            axes = List.copyOf(axes);
        }

        int rank() {
            return axes.size();
        }

        Signal withAxes(List<List<Axis>> newAxes) {
            return new Signal(expr, newAxes, feature, type, state);
        }

        Signal with(Expression newExpr) {
            return new Signal(newExpr, axes, feature, type, false);
        }

        /** Sets the dimension of a model's input that is the vector's. Returns false if this is impossible. */
        boolean bindFeature(int dimension, long length) {
            GraphInput input = expr.input();
            return input != null && input.bindFeature(axes.get(dimension), length);
        }

        /**
         * Returns the signal with a dimension as the vector's, as stated by an operation's axis, or null if this is
         * impossible.
         *
         * @param length the length of the vector, or -1 if the operation does not state it
         */
        @Nullable
        Signal alongFeature(int dimension, long length) {
            if (feature == null && !bindFeature(dimension, length)) {
                return null;
            }
            Signal signal = bound();
            List<Axis> along = Axis.significant(axes.get(dimension));
            boolean fits = signal.feature != null && along.equals(Axis.significant(List.of(signal.feature)));
            return fits && signal.bindUnits(length) ? signal : null;
        }

        /** Returns the signal with the axis of the vector, if it has become known. */
        Signal bound() {
            GraphInput input = feature == null ? expr.input() : null;
            if (input == null || !input.isBound()) {
                return this;
            }
            Axis axis = input.feature() == null ? Axis.ofFeatures(1) : input.feature();
            return new Signal(expr, axes, axis, type, state);
        }

        /** Sets the length of the vector if the model leaves it open. Returns false if this is impossible. */
        boolean bindUnits(long length) {
            if (length >= 0 && expr.units() < 0 && expr.lengthOf() != null) {
                expr.lengthOf().bindUnits(length);
            }
            return length < 0 || expr.units() == length;
        }

        /** Returns the axis of the vector, even if it has become known later, or null. */
        @Nullable
        Axis knownFeature() {
            GraphInput input = feature == null ? expr.input() : null;
            return input == null ? feature : input.feature();
        }

        /** Returns whether the vector's axis is unknown. */
        boolean isOpen() {
            return feature == null && (expr.input() == null || !expr.input().isBound());
        }

        /** Returns the vector's dimension, or -1 if there is none, as for a vector of one element. */
        int featureAt() {
            return feature == null ? -1 : axes.indexOf(List.of(feature));
        }
    }

    /**
     * An unsupported result, such as the index of the largest element. It may be an additional output of the graph, but
     * no node may read it.
     *
     * @param operation the operation that computes the result
     */
    record UnsupportedResult(String operation) implements Value {}

    /**
     * The test whether an index is below zero and counts from the end of a table, which is never true for an event's
     * index.
     *
     * @param index the index
     */
    record BelowZero(Expression index) implements Value {}

    /**
     * The test whether each element is above a bound, which chooses between two functions of the element.
     *
     * @param vector the elements
     * @param bound the bound
     */
    record Above(Expression vector, float bound) implements Value {}

    /** A constant of the file, or a constant that is computed from constants. */
    final class Constant implements Value {
        private final View view;
        private final boolean floating;
        private final float[] floats; // empty for integers
        private final SymbolicInteger[] numbers; // empty for floating-point numbers
        private final OnnxType type;
        private final String name;

        private Constant(
                View view, boolean floating, float[] floats, SymbolicInteger[] numbers, OnnxType type, String name) {
            this.view = view;
            this.floating = floating;
            this.floats = floats;
            this.numbers = numbers;
            this.type = type;
            this.name = name;
        }

        static Constant of(float[] values, OnnxType type, String name, int... dims) {
            return new Constant(View.contiguous(dims), true, values, new SymbolicInteger[0], type, name);
        }

        static Constant of(SymbolicInteger[] values, OnnxType type, String name, int... dims) {
            return new Constant(View.contiguous(dims), false, new float[0], values, type, name);
        }

        Constant with(View newView) {
            return new Constant(newView, floating, floats, numbers, type, name);
        }

        Constant named(String newName) {
            return new Constant(view, floating, floats, numbers, type, newName);
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
            return floating;
        }

        /** Returns the values in row-major order, possibly the constant's own array. */
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

        SymbolicInteger[] numbers() {
            SymbolicInteger[] values = new SymbolicInteger[view.count()];
            int[] at = {0};
            view.forEach(place -> values[at[0]++] = numbers[place]);
            return values;
        }

        /** Returns a contiguous copy in another shape. */
        Constant reshaped(int... dims) {
            return isFloating() ? of(floats(), type, name, dims) : of(numbers(), type, name, dims);
        }

        /** Returns whether all elements are false, or the integer 0. */
        boolean isFalse() {
            return !isFloating() && Arrays.stream(numbers()).allMatch(number -> number.is(0));
        }

        /** Returns whether all elements are equal to a value. */
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

package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input of the model. Its role becomes known while the graph is evaluated. */
final class GraphInput {
    private final String name;
    private final OnnxType type;
    private final List<Axis> axes;
    private @Nullable List<Axis> feature;
    private long units = -1;
    private long symbols;
    private boolean state;

    GraphInput(String name, OnnxType type, List<Axis> axes) {
        this.name = name;
        this.type = type;
        this.axes = axes;
    }

    String name() {
        return name;
    }

    OnnxType type() {
        return type;
    }

    List<Axis> axes() {
        return axes;
    }

    /** Sets the axis and the length of a step's vector. Returns false if this contradicts an earlier statement. */
    boolean bindFeature(List<Axis> axis, long length) {
        List<Axis> significant = Axis.significant(axis);
        if (feature != null && !feature.equals(significant)) {
            return false;
        }
        long size = Axis.size(significant);
        if (significant.size() > 1
                || (length >= 0 && size >= 0 && size != length)
                || (units >= 0 && length >= 0 && units != length)) {
            return false;
        }
        feature = significant;
        units = length >= 0 ? length : Math.max(units, size);
        return symbols == 0;
    }

    /** Sets the length of a step's vector if it is unknown. */
    void bindUnits(long length) {
        if (units < 0) {
            units = length;
        }
    }

    /** Declares the input an index of one of {@code count} symbols. Returns false if it has another role already. */
    boolean bindSymbols(long count) {
        boolean fits = feature == null && !state && (symbols == 0 || symbols == count);
        symbols = count;
        return fits;
    }

    /** Declares the input the state before the step. Returns false if it has another role already. */
    boolean bindState() {
        state = true;
        return symbols == 0;
    }

    /** Returns the axis of a step's vector, or null if the axis is unknown or the vector has one element. */
    @Nullable
    Axis feature() {
        return feature == null || feature.isEmpty() ? null : feature.get(0);
    }

    boolean isBound() {
        return feature != null;
    }

    /** Returns the length of a step's vector, or -1 if unknown. */
    long units() {
        return units;
    }

    /** Returns the number of symbols of an index, or 0 if the input is not an index. */
    long symbols() {
        return symbols;
    }

    boolean isState() {
        return state;
    }
}

package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.List;

/** An input of the model. What it is, comes out as the graph is followed. */
final class GraphInput {
    private final String name;
    private final OnnxType type;
    private final List<Axis> axes;
    private List<Axis> feature;
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

    /** Says which of its axes is the one of a step's vector, and how long that is. False if it has been said otherwise. */
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

    /** Says how long the vector of a step is, if that is open. */
    void bindUnits(long length) {
        if (units < 0) {
            units = length;
        }
    }

    /** Says that it is the index of one of so many symbols. False if it is something else already. */
    boolean bindSymbols(long count) {
        boolean fits = feature == null && !state && (symbols == 0 || symbols == count);
        symbols = count;
        return fits;
    }

    /** Says that it is the state before the step. False if it is something else already. */
    boolean bindState() {
        state = true;
        return symbols == 0;
    }

    /** The axis of a step's vector, or null if that is not known, or is no axis, as for a vector of one. */
    Axis feature() {
        return feature == null || feature.isEmpty() ? null : feature.get(0);
    }

    boolean isBound() {
        return feature != null;
    }

    /** Length of a step's vector, or -1 if unknown. */
    long units() {
        return units;
    }

    /** Of how many symbols it is the index, or 0 if it is none. */
    long symbols() {
        return symbols;
    }

    boolean isState() {
        return state;
    }
}

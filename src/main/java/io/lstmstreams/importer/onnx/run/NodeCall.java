package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node with the values of its inputs.
 *
 * @param inputs the values; null for an input that is omitted
 * @param opset the version of ONNX's operators
 */
record NodeCall(OnnxNode node, List<@Nullable NdArray> inputs, long opset) {
    boolean has(int position) {
        return position < inputs.size() && inputs.get(position) != null;
    }

    NdArray input(int position) {
        NdArray input = position < inputs.size() ? inputs.get(position) : null;
        if (input == null) {
            throw new IllegalArgumentException("the input " + position + " is missing");
        }
        return input;
    }

    @Nullable
    OnnxAttribute attribute(String name) {
        return node.attributes().get(name);
    }

    long integer(String name, long otherwise) {
        OnnxAttribute attribute = attribute(name);
        return attribute == null ? otherwise : attribute.integer();
    }

    double number(String name, double otherwise) {
        OnnxAttribute attribute = attribute(name);
        return attribute == null ? otherwise : attribute.number();
    }

    String text(String name, String otherwise) {
        OnnxAttribute attribute = attribute(name);
        return attribute == null ? otherwise : attribute.text();
    }

    /** Returns integers that are an attribute in old versions of an operator and an input in new ones, or null. */
    long @Nullable [] integers(String name, int position) {
        OnnxAttribute attribute = attribute(name);
        if (attribute != null) {
            return attribute.integers();
        }
        return position >= 0 && has(position) ? input(position).asIntegers() : null;
    }

    /** Returns integers that must be there, as an attribute or as an input. */
    long[] requiredIntegers(String name, int position) {
        long[] integers = integers(name, position);
        if (integers == null) {
            throw new IllegalArgumentException("its " + name + " is missing");
        }
        return integers;
    }

    /** Returns an axis, which may be counted from the last. */
    static int axis(long axis, int rank) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= Math.max(1, rank)) {
            throw new IllegalArgumentException("the axis " + axis + " does not exist in " + rank + " dimensions");
        }
        return (int) counted;
    }
}

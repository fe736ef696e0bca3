package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Arrays;
import java.util.List;

/**
 * A node about to be followed.
 *
 * @param where what errors call it
 * @param node the operation
 * @param inputs what it reads; null for an input left out
 * @param opset version of ONNX's operators
 */
record Call(String where, OnnxNode node, List<Value> inputs, long opset) {

    String op() {
        return node.opType();
    }

    /** What the node reads at a position, or null. */
    Value input(int position) {
        return position < inputs.size() ? inputs.get(position) : null;
    }

    Value required(int position) {
        Value value = input(position);
        if (value == null) {
            throw malformed("has no input " + position);
        }
        if (value instanceof Value.Aside aside) {
            throw unsupported("reads the result of " + aside.operation() + ", which is not computed");
        }
        if (value instanceof Value.BelowZero) {
            throw unsupported("of a comparison is not followed");
        }
        return value;
    }

    Signal signal(int position) {
        if (required(position) instanceof Signal signal) {
            return signal;
        }
        throw unsupported("on a constant is not followed");
    }

    /** A constant of floating-point numbers. */
    Constant floats(int position, String what) {
        if (required(position) instanceof Constant constant && constant.isFloating()) {
            return constant;
        }
        throw unsupported("its " + what + " is no constant of floating-point numbers");
    }

    /** Whole numbers, which may depend on open sizes. */
    Num[] numbers(int position, String what) {
        if (required(position) instanceof Constant constant && !constant.isFloating()) {
            return constant.numbers();
        }
        throw unsupported("its " + what + " are no whole numbers that are known");
    }

    /** Whole numbers that depend on nothing. */
    long[] integers(int position, String what) {
        return Arrays.stream(numbers(position, what))
                .mapToLong(number -> {
                    if (!number.isConstant()) {
                        throw unsupported("its " + what + " depend on the size of the input");
                    }
                    return number.offset();
                })
                .toArray();
    }

    boolean has(String attribute) {
        return node.attributes().containsKey(attribute);
    }

    long integer(String attribute, long otherwise) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? otherwise : value.integer();
    }

    float number(String attribute, float otherwise) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? otherwise : value.number();
    }

    String text(String attribute, String otherwise) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? otherwise : value.text();
    }

    long[] integers(String attribute) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? null : value.integers();
    }

    OnnxTensor tensor(String attribute) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? null : value.tensor();
    }

    /** A dimension counted from the front, of an attribute that may count from the back. */
    int axis(long axis, int rank) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank) {
            throw malformed("its axis " + axis + " is none of " + rank + " dimensions");
        }
        return (int) counted;
    }

    Malformed malformed(String what) {
        return new Malformed(where, what);
    }

    Unsupported unsupported(String what) {
        return new Unsupported(where, node == null ? what : op() + ": " + what);
    }
}

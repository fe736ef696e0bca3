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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node that is about to be evaluated.
 *
 * @param where the node's name in errors
 * @param node the operation
 * @param inputs the node's inputs; an input may be omitted
 * @param opset the version of ONNX's operators
 */
record Call(String where, OnnxNode node, List<@Nullable Value> inputs, long opset) {

    String op() {
        return node.opType();
    }

    /** Returns the node without the file. */
    String nodeText() {
        return where.substring(where.lastIndexOf(": ") + 2);
    }

    /** Returns the input at a position, or null. */
    @Nullable
    Value input(int position) {
        return position < inputs.size() ? inputs.get(position) : null;
    }

    Value required(int position) {
        Value value = input(position);
        if (value == null) {
            throw malformed("must have an input " + position + ", but has none");
        }
        if (value instanceof Value.UnsupportedResult aside) {
            throw unsupported("reads the result of " + aside.operation() + ", which is not supported");
        }
        if (value instanceof Value.BelowZero || value instanceof Value.Above) {
            throw unsupported("a comparison as input is not supported");
        }
        return value;
    }

    Signal signal(int position) {
        if (required(position) instanceof Signal signal) {
            return signal;
        }
        throw unsupported("a constant as input is not supported");
    }

    /** Returns an input that must be a constant of floating-point numbers. */
    Constant floats(int position, String what) {
        if (required(position) instanceof Constant constant && constant.isFloating()) {
            return constant;
        }
        throw unsupported("its " + what + " must be a constant of floating-point numbers");
    }

    /** Returns an input of integers, which may depend on open sizes. */
    SymbolicInteger[] numbers(int position, String what) {
        if (required(position) instanceof Constant constant && !constant.isFloating()) {
            return constant.numbers();
        }
        throw unsupported("its " + what + " must be constant integers");
    }

    /** Returns an attribute of integers that must be given. */
    SymbolicInteger[] numbers(String attribute) {
        long[] values = integers(attribute);
        if (values == null) {
            throw malformed("the attribute " + attribute + " is missing");
        }
        return Arrays.stream(values).mapToObj(SymbolicInteger::of).toArray(SymbolicInteger[]::new);
    }

    /** Returns an input of integers, which must not depend on open sizes. */
    long[] integers(int position, String what) {
        return Arrays.stream(numbers(position, what))
                .mapToLong(number -> {
                    if (!number.isConstant()) {
                        throw unsupported("its " + what + " must be constant, but depend on the size of the input");
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

    long @Nullable [] integers(String attribute) {
        OnnxAttribute value = node.attributes().get(attribute);
        return value == null ? null : value.integers();
    }

    Optional<OnnxTensor> tensor(String attribute) {
        return Optional.ofNullable(node.attributes().get(attribute)).flatMap(OnnxAttribute::tensor);
    }

    /** Returns the index of a dimension from the front; an attribute may count from the back. */
    int axis(long axis, int rank) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank) {
            throw malformed("its axis " + axis + " does not exist in " + rank + " dimensions");
        }
        return (int) counted;
    }

    Malformed malformed(String what) {
        return new Malformed(where, what);
    }

    Unsupported unsupported(String what) {
        return new Unsupported(where, op() + ": " + what);
    }
}

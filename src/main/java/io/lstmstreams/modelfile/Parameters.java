package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The parameters of one layer or head. Each is taken with the shape that it must have. */
final class Parameters {
    private final String where; // the file and the layer
    private final Map<String, Tensor> tensors;
    private final Set<String> taken = new HashSet<>();

    Parameters(String where, Map<String, Tensor> tensors) {
        this.where = where;
        this.tensors = tensors;
    }

    String where() {
        return where;
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Returns the matrix of this name, of any size. */
    Tensor matrix(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new Malformed(where, "has no " + name);
        }
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw malformed(tensor, "must be a matrix, but has shape " + tensor.shapeText());
        }
        taken.add(name);
        return tensor;
    }

    /** Returns the values of a required parameter. */
    float[] values(String name, long... shape) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new Malformed(where, "has no " + name);
        }
        expect(tensor, shape);
        taken.add(name);
        return tensor.values();
    }

    /** Returns the values of an optional parameter; all are {@code otherwise} if it is missing. */
    float[] valuesOr(String name, float otherwise, int length) {
        if (has(name)) {
            return values(name, length);
        }
        float[] values = new float[length];
        Arrays.fill(values, otherwise);
        return values;
    }

    /** Returns the sum of two biases, each of which is optional. */
    float[] sum(String name, String other, int length) {
        float[] first = valuesOr(name, 0f, length);
        float[] second = valuesOr(other, 0f, length);
        float[] sum = new float[length];
        for (int i = 0; i < length; i++) {
            sum[i] = first[i] + second[i];
        }
        return sum;
    }

    /** Refuses parameters that no layer or head has taken. */
    void checkAllTaken() {
        tensors.forEach((name, tensor) -> {
            if (!taken.contains(name)) {
                throw malformed(tensor, "is a " + name + ", which a layer with this spec does not have");
            }
        });
    }

    void expect(Tensor tensor, long... shape) {
        if (!tensor.hasShape(shape)) {
            throw malformed(tensor, "must have shape " + Tensor.text(shape) + ", but has " + tensor.shapeText());
        }
    }

    /** Checks values that were computed: the sum of finite numbers may be infinite. */
    float[] finite(float[] values, String what) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(
                        where, "element " + i + " of " + what + " must be a finite number, but is " + values[i]);
            }
        }
        return values;
    }

    private Malformed malformed(Tensor tensor, String what) {
        return new Malformed(where + ": tensor " + tensor.name(), what);
    }
}

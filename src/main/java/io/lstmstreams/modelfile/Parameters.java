package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The parameters of one layer or head, taken one after the other with the shapes that they must have. */
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

    /** The matrix of that name, whatever its size. */
    Tensor matrix(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new Malformed(where, "has no " + name);
        }
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", a matrix was expected");
        }
        taken.add(name);
        return tensor;
    }

    /** The values of a parameter that must be there. */
    float[] values(String name, long... shape) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new Malformed(where, "has no " + name);
        }
        expect(tensor, shape);
        taken.add(name);
        return tensor.values();
    }

    /** The values of a parameter that may be missing; every one of them is {@code otherwise} then. */
    float[] valuesOr(String name, float otherwise, int length) {
        if (has(name)) {
            return values(name, length);
        }
        float[] values = new float[length];
        Arrays.fill(values, otherwise);
        return values;
    }

    /** The sum of two biases, of which either may be missing. */
    float[] sum(String name, String other, int length) {
        float[] first = valuesOr(name, 0f, length);
        float[] second = valuesOr(other, 0f, length);
        float[] sum = new float[length];
        for (int i = 0; i < length; i++) {
            sum[i] = first[i] + second[i];
        }
        return sum;
    }

    /** Refuses what nobody asked for. */
    void checkAllTaken() {
        tensors.forEach((name, tensor) -> {
            if (!taken.contains(name)) {
                throw malformed(tensor, "is a " + name + ", which this layer does not have by its spec");
            }
        });
    }

    void expect(Tensor tensor, long... shape) {
        if (!tensor.hasShape(shape)) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", expected " + Tensor.text(shape));
        }
    }

    /** Each summand is finite, their sum may not be. */
    float[] finite(float[] values, String what) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(where, "element " + i + " of " + what + " is not a finite number");
            }
        }
        return values;
    }

    private Malformed malformed(Tensor tensor, String what) {
        return new Malformed(where + ": tensor " + tensor.name(), what);
    }
}

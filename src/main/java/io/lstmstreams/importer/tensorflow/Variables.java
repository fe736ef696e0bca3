package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.importer.tensorflow.format.VariableFile;
import io.lstmstreams.importer.tensorflow.format.VariableFile.Variable;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The variables of a model by their {@link VariableName}, without variables of the training. Variables that are unread
 * at the end belong to no supported layer.
 */
final class Variables {
    private final VariableFile source;
    private final String file;
    private final Map<String, Named> byName = new LinkedHashMap<>(); // in the order of the layers
    private final Set<String> read = new LinkedHashSet<>();

    /**
     * A variable of the model.
     *
     * @param order the key by which variables are sorted
     */
    record Named(VariableName name, Variable variable, String order) {
        long[] shape() {
            return variable.shape();
        }

        int rank() {
            return variable.shape().length;
        }
    }

    private Variables(VariableFile source, String file) {
        this.source = source;
        this.file = file;
    }

    /**
     * Sorts the variables of a file.
     *
     * @param fullNames the variables' names in their program, by their names in the file, if these differ
     */
    static Variables of(VariableFile source, Map<String, String> fullNames, String file) {
        Variables variables = new Variables(source, file);
        ModelVariables.of(source.variables(), fullNames, file).stream()
                .sorted(Comparator.comparing(Named::order, VariableName::compare)
                        .thenComparing(Named::name))
                .forEach(variables::add);
        return variables;
    }

    private void add(Named named) {
        Named other = byName.put(named.name().toString(), named);
        if (other != null) {
            throw new Unsupported(
                    file,
                    "variables " + other.variable().name() + " and "
                            + named.variable().name() + " have the same name after normalisation of their spelling");
        }
    }

    String file() {
        return file;
    }

    /** Returns all variables, in the order of the model's layers. */
    List<Named> all() {
        return List.copyOf(byName.values());
    }

    /** Returns the variables that have not been read. */
    List<Named> unread() {
        List<Named> left = new ArrayList<>();
        byName.forEach((name, named) -> {
            if (!read.contains(name)) {
                left.add(named);
            }
        });
        return left;
    }

    boolean has(String scope, String rest) {
        return byName.containsKey(VariableName.join(scope, rest));
    }

    /** Returns the shape of an existing variable. */
    long[] shape(String scope, String rest) {
        return named(scope, rest).shape();
    }

    /** Reads a required matrix. */
    Tensor matrix(String scope, String rest) {
        Tensor tensor = tensor(scope, rest);
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw malformed(tensor, "must be a matrix, but has shape " + tensor.shapeText());
        }
        return tensor;
    }

    /** Reads a required variable of this shape. */
    Tensor tensor(String scope, String rest, long... shape) {
        Tensor tensor = tensor(scope, rest);
        if (!tensor.hasShape(shape)) {
            throw malformed(tensor, "must have shape " + Tensor.text(shape) + ", but has " + tensor.shapeText());
        }
        return tensor;
    }

    private Tensor tensor(String scope, String rest) {
        return tensor(named(scope, rest));
    }

    private Named named(String scope, String rest) {
        Named named = byName.get(VariableName.join(scope, rest));
        if (named == null) {
            throw new Malformed(
                    file,
                    "variable " + VariableName.join(scope, rest)
                            + " is missing beside the other variables of its layer");
        }
        return named;
    }

    Tensor tensor(Named named) {
        read.add(named.name().toString());
        return source.tensor(named.variable().name());
    }

    Malformed malformed(Tensor tensor, String what) {
        return new Malformed(file + ": variable " + tensor.name(), what);
    }

    Unsupported unsupported(Named named, String what) {
        return new Unsupported(file + ": variable " + named.variable().name(), what);
    }
}

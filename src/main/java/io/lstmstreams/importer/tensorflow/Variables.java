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
 * The variables of a model by their {@link VariableName}, without what only training needs. It remembers which of them have
 * been read: what is left over at the end was not understood.
 */
final class Variables {
    private final VariableFile source;
    private final String file;
    private final Map<String, Named> byName = new LinkedHashMap<>(); // in the order of the layers
    private final Set<String> read = new LinkedHashSet<>();

    /**
     * A variable of the model.
     *
     * @param order what it is sorted by
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
     * @param fullNames names of variables in their program by their names in the file, where these differ
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
                            + named.variable().name() + " have the same name as far as this importer can tell");
        }
    }

    String file() {
        return file;
    }

    /** All that the model has, in the order of its layers. */
    List<Named> all() {
        return List.copyOf(byName.values());
    }

    /** Those that have not been read. */
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

    /** The shape of a variable that is there. */
    long[] shape(String scope, String rest) {
        return byName.get(VariableName.join(scope, rest)).shape();
    }

    /** Reads a matrix that has to be there. */
    Tensor matrix(String scope, String rest) {
        Tensor tensor = tensor(scope, rest);
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", a matrix was expected");
        }
        return tensor;
    }

    /** Reads a variable that has to be there and to have this shape. */
    Tensor tensor(String scope, String rest, long... shape) {
        Tensor tensor = tensor(scope, rest);
        if (!tensor.hasShape(shape)) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", expected " + Tensor.text(shape));
        }
        return tensor;
    }

    private Tensor tensor(String scope, String rest) {
        Named named = byName.get(VariableName.join(scope, rest));
        if (named == null) {
            throw new Malformed(
                    file, "has no variable " + VariableName.join(scope, rest) + ", though its neighbours are there");
        }
        return tensor(named);
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

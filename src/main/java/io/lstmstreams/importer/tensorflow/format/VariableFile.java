package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/** A file of named variables that are read one by one, because a model does not need all variables of a checkpoint. */
public interface VariableFile {
    /**
     * The description of a variable.
     *
     * @param name the variable's name, unique in its file
     * @param shape the sizes of the dimensions, outermost first; empty for a single number
     * @param type the format's name of the numbers' type
     * @param number true for floating-point numbers that can be read as a tensor
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Variable(String name, long[] shape, String type, boolean number) {}

    /** Returns all variables by name, in the file's order. */
    Map<String, Variable> variables();

    /**
     * Reads one variable.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the bytes are damaged or missing, or the numbers
     *     are not of a floating-point type or not finite
     */
    Tensor tensor(String name);
}

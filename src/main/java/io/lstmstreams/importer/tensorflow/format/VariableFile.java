package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/** A file of named variables that are read one by one: much of what a checkpoint holds is of no use to a model. */
public interface VariableFile {
    /**
     * What the file says of a variable.
     *
     * @param name unique in its file
     * @param shape sizes of the dimensions, outermost first; empty for a single number
     * @param type how its numbers are stored, in the format's own word
     * @param number whether they are floating-point numbers that can be read as a tensor
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Variable(String name, long[] shape, String type, boolean number) {}

    /** All variables by name, in the file's order. */
    Map<String, Variable> variables();

    /**
     * Reads one variable.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if its bytes are damaged or missing, if it is of another
     *     type than floating point, or holds a number that is not finite
     */
    Tensor tensor(String name);
}

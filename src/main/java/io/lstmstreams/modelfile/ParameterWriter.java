package io.lstmstreams.modelfile;

/** A receiver of a layer's parameters, in their order in the file. */
@FunctionalInterface
interface ParameterWriter {
    /**
     * Writes a parameter.
     *
     * @param name the parameter's name within its layer, such as {@code weight_ih}
     * @param values the parameter's values in row-major order
     * @param shape the sizes of the dimensions, outermost first
     */
    void put(String name, float[] values, long... shape);
}

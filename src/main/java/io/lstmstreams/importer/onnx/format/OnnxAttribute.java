package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Optional;

/**
 * A named option of a node (onnx.proto, {@code AttributeProto}). Only the fields of its kind are valid.
 *
 * @param name the attribute's name, such as {@code hidden_size}
 * @param number the value of a float attribute
 * @param integer the value of an int attribute
 * @param text the value of a string attribute
 * @param tensor the value of a tensor attribute
 * @param numbers the values of a list of floats
 * @param integers the values of a list of ints
 * @param texts the values of a list of strings
 * @param reference the attribute of the defined operator whose value this attribute has; empty for a value of its own
 * @param graph the value of a graph attribute, such as a branch of an If
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OnnxAttribute(
        String name,
        float number,
        long integer,
        String text,
        Optional<OnnxTensor> tensor,
        float[] numbers,
        long[] integers,
        List<String> texts,
        String reference,
        Optional<OnnxGraph> graph) {

    /** Returns the same value under another name. */
    OnnxAttribute named(String newName) {
        return new OnnxAttribute(newName, number, integer, text, tensor, numbers, integers, texts, reference, graph);
    }
}

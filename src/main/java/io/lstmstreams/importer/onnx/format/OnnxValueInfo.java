package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Optional;

/**
 * The declaration of a graph's input or output (onnx.proto, {@code ValueInfoProto}).
 *
 * @param name the name by which nodes refer to the value
 * @param tensor true for a tensor, false for a sequence, a map or an optional value
 * @param type the type of the elements, or empty if it is not declared or not supported
 * @param dims the dimensions, or empty if they are not declared
 */
public record OnnxValueInfo(String name, boolean tensor, Optional<OnnxType> type, Optional<List<Dim>> dims) {

    /**
     * One dimension.
     *
     * @param size the number of elements, or -1 if it is open
     * @param symbol the name of an open size, such as {@code batch}, or an empty text
     */
    public record Dim(long size, String symbol) {}
}

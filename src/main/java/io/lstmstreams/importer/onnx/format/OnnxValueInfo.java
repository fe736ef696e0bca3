package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Optional;

/**
 * What a graph says about one of its inputs or outputs (onnx.proto, {@code ValueInfoProto}).
 *
 * @param name by which nodes refer to it
 * @param tensor whether it is a tensor; it could also be a sequence, a map, an optional value
 * @param type of its elements, if it says so and it is one that we read
 * @param dims its dimensions, if it says how many they are
 */
public record OnnxValueInfo(String name, boolean tensor, Optional<OnnxType> type, Optional<List<Dim>> dims) {

    /**
     * One dimension.
     *
     * @param size the number of elements along it, or -1 if it is left open
     * @param symbol the name of an open size, such as {@code batch}, or an empty text
     */
    public record Dim(long size, String symbol) {}
}

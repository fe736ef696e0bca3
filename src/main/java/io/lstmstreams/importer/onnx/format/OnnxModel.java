package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An ONNX file (github.com/onnx/onnx, {@code onnx/onnx.proto}, message {@code ModelProto}): a graph of operations on
 * tensors, without the meaning of the operations.
 *
 * @param irVersion the version of the file format
 * @param opsets the versions of the operator sets by domain; ONNX's own domain is the empty name
 * @param bytes the size of the file and of the used external data
 * @param graph the graph, in which operators that the model defines are replaced by their definitions
 */
public record OnnxModel(long irVersion, Map<String, Long> opsets, long bytes, OnnxGraph graph) {
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /**
     * Reads a file. The values of larger tensors are read on demand.
     *
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static OnnxModel read(Path path, String file) {
        return FileReading.read(path, file, () -> {
            long size = Files.size(path);
            if (size == 0) {
                throw new Malformed(file, "is empty");
            }
            if (size > MAX_BYTES) {
                throw new Unsupported(file, "must have at most 2 GiB, protobuf's limit, but is larger");
            }
            return OnnxReader.read(path, file, size);
        });
    }
}

package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * An ONNX file (github.com/onnx/onnx, {@code onnx/onnx.proto}, message {@code ModelProto}): a graph of operations on tensors.
 * What the operations mean is not known here.
 *
 * @param irVersion version of the file format
 * @param opsets versions of the operator sets by domain; ONNX's own domain is the empty name
 * @param functions how many functions of its own the model defines; they are not read
 * @param bytes size of the file, and of the files that hold its external data as far as they are used
 * @param graph the graph
 */
public record OnnxModel(long irVersion, Map<String, Long> opsets, int functions, long bytes, OnnxGraph graph) {
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /**
     * Reads a file, but for the values of larger tensors: those are read when they are asked for.
     *
     * @param file what errors call it
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read or breaks the format
     */
    public static OnnxModel read(Path path, String file) {
        if (Files.isDirectory(path)) {
            throw new Inaccessible(file, "is a folder, not a file", null);
        }
        try {
            long size = Files.size(path);
            if (size == 0) {
                throw new Malformed(file, "is empty");
            }
            if (size > MAX_BYTES) {
                throw new Unsupported(file, "is longer than 2 GiB, which protobuf does not allow");
            }
            return OnnxReader.read(path, file, size);
        } catch (NoSuchFileException e) {
            throw new Inaccessible(file, "no such file", e);
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}

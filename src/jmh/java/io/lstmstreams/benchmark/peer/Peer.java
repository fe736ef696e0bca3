package io.lstmstreams.benchmark.peer;

import java.util.Map;
import java.util.function.UnaryOperator;

/** A library that runs ONNX models. */
public interface Peer {
    /** Opens a model as experienced users do: with direct buffers that are allocated once and used for every call. */
    PeerSession open(OnnxNetwork network);

    /**
     * Opens a model as most users do: with arrays for inputs and outputs, by the tensors' names. All tensors have three
     * dimensions.
     *
     * <p>The session lives as long as the process.
     */
    UnaryOperator<Map<String, float[][][]>> openForArrays(OnnxNetwork network);

    /**
     * Returns ONNX Runtime with one thread.
     *
     * @throws IllegalStateException if the Maven profile {@code benchmark} was not active in the build
     */
    static Peer onnxRuntime() {
        try {
            return (Peer) Class.forName("io.lstmstreams.benchmark.onnxruntime.OnnxRuntime")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("build with -Pbenchmark, which has ONNX Runtime", e);
        }
    }
}

package io.lstmstreams.benchmark.peer;

import java.util.Map;
import java.util.function.UnaryOperator;

/** A library that runs ONNX models. */
public interface Peer {
    /** As a good user writes it: buffers outside of the heap, made once and used for every call. */
    PeerSession open(OnnxNetwork network);

    /**
     * As most users write it: arrays in, arrays out, by the tensors' names. All tensors have three dimensions.
     *
     * <p>The session lives as long as the process.
     */
    UnaryOperator<Map<String, float[][][]>> openForArrays(OnnxNetwork network);

    /**
     * ONNX Runtime, one thread.
     *
     * @throws IllegalStateException if the build was not one with the profile {@code benchmark}
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

package io.lstmstreams.benchmark.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.lstmstreams.benchmark.peer.OnnxNetwork;
import io.lstmstreams.benchmark.peer.Peer;
import io.lstmstreams.benchmark.peer.PeerSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** ONNX Runtime with one thread, sequential execution and all optimisations. */
public final class OnnxRuntime implements Peer {
    @Override
    public PeerSession open(OnnxNetwork network) {
        try {
            return new BufferSession(network);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public UnaryOperator<Map<String, float[][][]>> openForArrays(OnnxNetwork network) {
        try {
            OrtSession session = session(network);
            return inputs -> run(session, inputs);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OrtSession session(OnnxNetwork network) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OptLevel.ALL_OPT);
            return OrtEnvironment.getEnvironment().createSession(network.file(), options);
        }
    }

    private static Map<String, float[][][]> run(OrtSession session, Map<String, float[][][]> inputs) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Map.Entry<String, float[][][]> input : inputs.entrySet()) {
                tensors.put(input.getKey(), OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), input.getValue()));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                Map<String, float[][][]> outputs = new HashMap<>();
                for (String name : session.getOutputNames()) {
                    outputs.put(
                            name, (float[][][]) result.get(name).orElseThrow().getValue());
                }
                return outputs;
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** A session with tensors over buffers that are allocated once. */
    private static final class BufferSession implements PeerSession {
        private final OrtSession session;
        private final Map<String, ByteBuffer> buffers = new HashMap<>();
        private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();

        BufferSession(OnnxNetwork network) throws OrtException {
            session = session(network);
            for (Map.Entry<String, long[]> input : network.inputs().entrySet()) {
                inputs.put(input.getKey(), tensor(input.getKey(), input.getValue()));
            }
            for (Map.Entry<String, long[]> output : network.outputs().entrySet()) {
                outputs.put(output.getKey(), tensor(output.getKey(), output.getValue()));
            }
        }

        private OnnxTensor tensor(String name, long[] shape) throws OrtException {
            long floats = 1;
            for (long dim : shape) {
                floats *= dim;
            }
            ByteBuffer buffer =
                    ByteBuffer.allocateDirect((int) floats * Float.BYTES).order(ByteOrder.nativeOrder());
            buffers.put(name, buffer);
            return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer.asFloatBuffer(), shape);
        }

        @Override
        public ByteBuffer tensor(String name) {
            return buffers.get(name);
        }

        @Override
        public void run() {
            try {
                session.run(inputs, outputs).close(); // does not close the caller's tensors
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            inputs.values().forEach(OnnxTensor::close);
            outputs.values().forEach(OnnxTensor::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

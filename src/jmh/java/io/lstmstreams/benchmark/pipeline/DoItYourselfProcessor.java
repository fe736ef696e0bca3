package io.lstmstreams.benchmark.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.benchmark.peer.OnnxNetwork;
import io.lstmstreams.benchmark.peer.Peer;
import io.lstmstreams.benchmark.peer.PeerSession;
import io.lstmstreams.input.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that a good user would write without this project: one call of ONNX Runtime for each record, with buffers
 * that are allocated once; (h, c) as bytes in a RocksDB store with Kafka's default settings; Jackson. The result has
 * the numbers of ours: the event's probability, its logarithm and rank, and the most likely next event.
 */
final class DoItYourselfProcessor implements Processor<String, byte[], String, byte[]> {
    private static final String STORE = "state";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> symbols;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final PeerSession session;
    private final ByteBuffer x;
    private final ByteBuffer[] stateIn;
    private final ByteBuffer[] stateOut;
    private final float[] probabilities;
    private final int stateBytes;
    private int hot;

    private ProcessorContext<String, byte[]> context;
    private KeyValueStore<String, byte[]> store;

    private DoItYourselfProcessor(Model model, OnnxNetwork network) {
        symbols = model.vocabulary().symbols();
        symbols.forEach(symbol -> indexes.put(symbol, indexes.size()));
        session = Peer.onnxRuntime().open(network);
        x = session.tensor("x");
        List<String> states = network.inputs().keySet().stream()
                .filter(name -> !name.equals("x"))
                .toList();
        stateIn = states.stream().map(session::tensor).toArray(ByteBuffer[]::new);
        stateOut = states.stream().map(name -> session.tensor(name + "'")).toArray(ByteBuffer[]::new);
        probabilities = new float[symbols.size()];
        int bytes = 0;
        for (ByteBuffer state : stateIn) {
            bytes += state.capacity();
        }
        stateBytes = bytes;
    }

    static ProcessorSupplier<String, byte[], String, byte[]> supplier(Model model) {
        OnnxNetwork network = OnnxNetwork.of(model.network(), 1, true);
        StoreBuilder<?> store =
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, byte[], String, byte[]> get() {
                return new DoItYourselfProcessor(model, network);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(store);
            }
        };
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (record.value() == null) {
            store.delete(record.key());
            return;
        }
        String event = event(record.value());
        int index = indexes.get(event);
        byte[] stored = store.get(record.key());
        load(stored == null ? new byte[stateBytes] : stored);
        x.putFloat(hot, 0);
        hot = index * Float.BYTES;
        x.putFloat(hot, 1);
        session.run();
        store.put(record.key(), state());
        context.forward(record.withValue(result(event, index, stored != null)));
    }

    private static String event(byte[] value) {
        try {
            return JSON.readTree(value).get("event").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(byte[] stored) {
        int at = 0;
        for (ByteBuffer state : stateIn) {
            state.put(0, stored, at, state.capacity());
            at += state.capacity();
        }
    }

    private byte[] state() {
        byte[] bytes = new byte[stateBytes];
        int at = 0;
        for (ByteBuffer state : stateOut) {
            state.get(0, bytes, at, state.capacity());
            at += state.capacity();
        }
        return bytes;
    }

    private byte[] result(String event, int index, boolean scored) {
        ObjectNode result = JSON.createObjectNode().put("event", event);
        if (scored) {
            session.tensor("before").asFloatBuffer().get(0, probabilities);
            float probability = probabilities[index];
            int rank = 1;
            for (float other : probabilities) {
                rank += other > probability ? 1 : 0;
            }
            result.put("probability", probability)
                    .put("logProbability", Math.log(probability))
                    .put("rank", rank);
        }
        session.tensor("next").asFloatBuffer().get(0, probabilities);
        int top = 0;
        for (int k = 1; k < probabilities.length; k++) {
            top = probabilities[k] > probabilities[top] ? k : top;
        }
        result.put("next", symbols.get(top)).put("nextProbability", probabilities[top]);
        try {
            return JSON.writeValueAsBytes(result);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}

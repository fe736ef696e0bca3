package io.lstmstreams.benchmark.pipeline;

import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.state.StateCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/**
 * A variant, written {@code clients}, {@code pass}, {@code pass-result}, {@code state}, {@code state-cached}, {@code
 * diy}, or {@code ours-KERNEL}, which settings may follow ({@code +KEY=VALUE}). Ours is the application as {@code run}
 * starts it, with its own defaults. All other variants have Kafka's defaults, except that the record cache of {@code
 * state-cached} is as large as ours.
 */
record Variant(String name) {
    static final String CLIENTS = "clients";
    static final String PASS = "pass";
    static final String PASS_RESULT = "pass-result";
    static final String STATE = "state";
    static final String STATE_CACHED = "state-cached";
    static final String DO_IT_YOURSELF = "diy";
    static final String OURS = "ours-";
    private static final long OUR_CACHE = 64L << 20;

    /**
     * The settings that a variant is started with.
     *
     * @param applicationId the variant's own application id
     * @param input the topic that it reads
     * @param output the topic that it writes
     * @param guarantee the processing guarantee, by Kafka's name
     * @param model the model that it runs
     * @param modelFile the model's file
     * @param resultBytes the size of one of our results
     */
    record Setting(
            String applicationId,
            String input,
            String output,
            String guarantee,
            Model model,
            String modelFile,
            int resultBytes) {}

    /** Returns the variant's name in the table. */
    String title() {
        return switch (name) {
            case CLIENTS -> "consumer and producer, no Kafka Streams";
            case PASS -> "pass through";
            case PASS_RESULT -> "pass through, results' size";
            case STATE -> "state only";
            case STATE_CACHED -> "state only, record cache on";
            case DO_IT_YOURSELF -> "do it yourself, ONNX Runtime";
            default -> "lstm-streams, " + String.join(", ", kernelAndSettings());
        };
    }

    boolean isOurs() {
        return name.startsWith(OURS);
    }

    /** Returns the kernel's name, followed by the settings of ours or Kafka's that differ from the defaults. */
    private String[] kernelAndSettings() {
        if (!isOurs()) {
            throw new IllegalArgumentException("there is no variant " + name);
        }
        return name.substring(OURS.length()).split("\\+");
    }

    /** Starts the variant; closing the result stops it. */
    AutoCloseable start(Cluster cluster, Setting setting) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, setting.applicationId);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers());
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                cluster.path(setting.applicationId).toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, setting.guarantee);
        if (name.equals(CLIENTS)) {
            return ClientLoop.start(
                    cluster,
                    setting.applicationId,
                    setting.input,
                    setting.output,
                    setting.guarantee,
                    setting.resultBytes);
        }
        if (isOurs()) {
            properties.put(ModelConfig.MODEL_CONFIG, setting.modelFile);
            properties.put(InputConfig.TOPIC_CONFIG, setting.input);
            properties.put(OutputConfig.TOPIC_CONFIG, setting.output);
            String[] given = kernelAndSettings();
            properties.put(LstmStreamsConfig.KERNEL_CONFIG, given[0]);
            for (int i = 1; i < given.length; i++) {
                String[] keyAndValue = given[i].split("=", 2);
                properties.put(keyAndValue[0], keyAndValue[1]);
            }
            return LstmApplication.start(LstmStreamsConfig.of(properties, Map.of()));
        }
        if (name.equals(STATE_CACHED)) {
            properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, OUR_CACHE);
        }
        StreamsBuilder builder = new StreamsBuilder();
        build(builder, setting);
        Properties all = new Properties();
        all.putAll(properties);
        KafkaStreams streams = new KafkaStreams(builder.build(), all);
        streams.start();
        return streams;
    }

    private void build(StreamsBuilder builder, Setting setting) {
        if (name.equals(DO_IT_YOURSELF)) {
            Serde<String> keys = Serdes.String();
            builder.stream(setting.input, Consumed.with(keys, Serdes.ByteArray()))
                    .process(DoItYourselfProcessor.supplier(setting.model))
                    .to(setting.output, Produced.with(keys, Serdes.ByteArray()));
            return;
        }
        Serde<byte[]> bytes = Serdes.ByteArray();
        KStream<byte[], byte[]> events = builder.stream(setting.input, Consumed.with(bytes, bytes));
        KStream<byte[], byte[]> results = switch (name) {
            case PASS -> events.filter((key, value) -> value != null);
            case PASS_RESULT -> {
                byte[] result = new byte[setting.resultBytes];
                yield events.filter((key, value) -> value != null).mapValues(value -> result);
            }
            case STATE, STATE_CACHED ->
                events.process(StateOnlyProcessor.supplier(
                        name.equals(STATE_CACHED),
                        StateCodec.bytesPerSequence(setting.model.network()),
                        setting.resultBytes));
            default -> throw new IllegalArgumentException("there is no variant " + name);
        };
        results.to(setting.output, Produced.with(bytes, bytes));
    }
}

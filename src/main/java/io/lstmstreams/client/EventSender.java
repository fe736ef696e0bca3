package io.lstmstreams.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.event.RecordLine;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * A sender of events to the input topic of an application. A line that cannot be sent is skipped and counted. Not
 * thread-safe.
 */
public final class EventSender implements AutoCloseable {
    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);

    private final String topic;
    private final String servers;
    private final InputRecords records;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>(); // the first one
    private long events;
    private long ends;
    private long refused;
    private @Nullable String firstRefusal;

    /**
     * Creates a sender.
     *
     * @param config the configuration of the application
     */
    public EventSender(LstmStreamsConfig config) {
        Map<String, Object> settings = new HashMap<>(new StreamsConfig(config.kafka()).getProducerConfigs("send"));
        settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, BROKER_TIMEOUT.toMillis());
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        this.topic = config.input().topic();
        this.servers = String.valueOf(config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG));
        this.records = new InputRecords(config);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Sends a file with one sequence on each line, its events separated by blanks, and the end of each sequence. The
     * line number, from 1, is the sequence's id.
     *
     * @param progress receives the number of records of each line
     * @throws ClientException if the topic cannot be written
     */
    public void sessions(LineReader lines, LongConsumer progress) throws IOException {
        eachLine(lines, progress, line -> {
            String sequence = Long.toString(lines.number());
            StringTokenizer words = new StringTokenizer(line);
            while (words.hasMoreTokens()) {
                event(sequence, JsonNodeFactory.instance.textNode(words.nextToken()));
            }
            end(sequence);
        });
    }

    /**
     * Sends a file with one JSON record on each line. Other fields of a record than {@code sequence}, {@code event},
     * {@code end} and {@code time} are sent along if the format is json.
     *
     * @param progress receives the number of records of each line
     * @throws ClientException if the topic cannot be written
     */
    public void jsonLines(LineReader lines, LongConsumer progress) throws IOException {
        eachLine(lines, progress, text -> {
            RecordLine line = RecordLine.parse(text);
            String own = line.sequence() == null ? records.sequenceIn(line.document()) : null;
            String sequence = own == null ? line.requireSequence() : own;
            JsonNode event = records.eventIn(line.document());
            boolean end = line.document().path("end").asBoolean();
            if (event == null && !end) {
                throw new BadEventException("the record has neither an \"event\" nor \"end\": true");
            }
            if (event != null) {
                event(sequence, line.time(), event, line.document());
            }
            if (end) {
                end(sequence, line.time());
            }
        });
    }

    /** A line that is sent. */
    private interface Line {
        void send(String text);
    }

    private void eachLine(LineReader lines, LongConsumer progress, Line action) throws IOException {
        while (true) {
            try {
                String text = lines.next();
                if (text == null) {
                    return;
                }
                if (!text.isBlank()) {
                    long before = events + ends;
                    action.send(text);
                    progress.accept(events + ends - before);
                }
            } catch (BadEventException e) {
                if (refused++ == 0) {
                    firstRefusal = "line " + lines.number() + ": " + e.getMessage();
                }
            }
        }
    }

    /**
     * Sends one event.
     *
     * @throws BadEventException if the configured format cannot express the event
     * @throws ClientException if the topic cannot be written
     */
    public void event(String sequence, JsonNode event) {
        event(sequence, null, event, JsonNodeFactory.instance.objectNode());
    }

    private void event(String sequence, @Nullable Long time, JsonNode event, ObjectNode others) {
        send(records.event(sequence, time, event, others));
        events++;
    }

    /**
     * Ends a sequence.
     *
     * @throws ClientException if the topic cannot be written
     */
    public void end(String sequence) {
        end(sequence, null);
    }

    private void end(String sequence, @Nullable Long time) {
        send(records.end(sequence, time));
        ends++;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    private void send(ProducerRecord<byte[], byte[]> record) {
        check();
        try {
            producer.send(record, (metadata, exception) -> {
                if (exception != null) {
                    failure.compareAndSet(null, exception);
                }
            });
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void check() {
        Exception found = failure.get();
        if (found instanceof TimeoutException) {
            boolean known = found.getMessage() != null && found.getMessage().contains("not present in metadata");
            throw new ClientException(
                    known
                            ? "no broker answers at " + servers + ", or the topic " + topic + " does not exist"
                            : "no broker at " + servers + " accepts events for the topic " + topic,
                    found);
        }
        if (found != null) {
            throw new ClientException("the topic " + topic + " cannot be written: " + found.getMessage(), found);
        }
    }

    /**
     * Waits until the broker has stored all records.
     *
     * @throws ClientException if it does not
     */
    public void flush() {
        producer.flush();
        check();
    }

    /** Returns the number of events sent. */
    public long events() {
        return events;
    }

    /** Returns the number of ends of sequences sent. */
    public long ends() {
        return ends;
    }

    /** Returns the number of lines that could not be sent. */
    public long refused() {
        return refused;
    }

    /** Returns the line and the reason of the first line that could not be sent; null if all could. */
    public @Nullable String firstRefusal() {
        return firstRefusal;
    }

    /** Closes the connections. Does not wait for a broker that does not answer. */
    @Override
    public void close() {
        producer.close(failure.get() == null ? BROKER_TIMEOUT : Duration.ZERO);
    }
}

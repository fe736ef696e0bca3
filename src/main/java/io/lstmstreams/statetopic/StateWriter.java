package io.lstmstreams.statetopic;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A writer to the changelog of a state store. It writes all records in one transaction. Not thread-safe. */
public final class StateWriter implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private boolean open;
    private long written;

    /**
     * Creates a writer and begins the transaction.
     *
     * @param settings the settings of a producer
     * @param transactionalId an id that all writers to the topic share: a new writer fences an earlier one
     * @param topic the changelog's name
     */
    public StateWriter(Map<String, Object> settings, String transactionalId, String topic) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        this.topic = topic;
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            producer.beginTransaction();
            open = true;
        } catch (KafkaException e) {
            producer.close();
            throw e;
        }
    }

    /** Writes the state of a sequence; null deletes it. {@link #commit} throws the errors. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public void write(int partition, byte[] key, byte @Nullable [] state) {
        producer.send(new ProducerRecord<>(topic, partition, key, state));
        written++;
    }

    /** Returns the number of records written so far. */
    public long written() {
        return written;
    }

    /** Commits the transaction, so that consumers see its records. */
    public void commit() {
        producer.commitTransaction(); // throws the error of any record
        open = false;
    }

    /** Closes the writer. Aborts the transaction if it was not committed. */
    @Override
    public void close() {
        try {
            if (open) {
                producer.abortTransaction();
            }
        } catch (ProducerFencedException e) {
            open = false; // a later writer has fenced this one and aborted the transaction
        } finally {
            producer.close();
        }
    }
}

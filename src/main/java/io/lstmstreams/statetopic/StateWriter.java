package io.lstmstreams.statetopic;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to the changelog of a store of states, in one transaction. Not thread-safe. */
public final class StateWriter implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private boolean open;
    private long written;

    /**
     * Begins the transaction.
     *
     * @param settings of a producer
     * @param transactionalId the same for all who might write at the same time: the one who comes later stops the other
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

    /** Gives a sequence a state; null takes it away. What goes wrong is thrown by {@link #commit}. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public void write(int partition, byte[] key, byte[] state) {
        producer.send(new ProducerRecord<>(topic, partition, key, state));
        written++;
    }

    /** How many were written so far. */
    public long written() {
        return written;
    }

    /** Makes all that was written be seen. */
    public void commit() {
        producer.commitTransaction(); // which throws what went wrong with a record
        open = false;
    }

    /** Without a commit, nothing that was written is ever seen. */
    @Override
    public void close() {
        try {
            if (open) {
                producer.abortTransaction();
            }
        } catch (ProducerFencedException e) {
            open = false; // somebody else came later, and what was written here is aborted already
        } finally {
            producer.close();
        }
    }
}

package io.lstmstreams.topology;

import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.PredictionFloats;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes results in the configured format, and verdicts as JSON. The bytes that a thread has prepared to measure them
 * are sent by the sink of the same thread, so that nothing is written twice. Safe for any number of threads.
 */
final class OutputSerializer implements Serializer<SequenceOutput> {
    private static final int MAX_WRITERS = 64;

    private final Models models;
    private final OutputFormat format;
    private final Map<Long, OutputJson> writers = new ConcurrentHashMap<>(); // by the model's id
    private final ThreadLocal<Map<SequenceOutput, byte[]>> prepared = ThreadLocal.withInitial(IdentityHashMap::new);

    OutputSerializer(Models models, OutputFormat format) {
        this.models = models;
        this.format = format;
    }

    /** Writes an output that this thread is about to send. */
    byte[] prepare(SequenceOutput output) {
        byte[] bytes = write(output);
        prepared.get().put(output, bytes);
        return bytes;
    }

    /** Drops the outputs that this thread has prepared and does not send. */
    void discardPrepared() {
        prepared.get().clear();
    }

    @Override
    public byte[] serialize(String topic, SequenceOutput output) {
        byte[] bytes = prepared.get().remove(output);
        return bytes == null ? write(output) : bytes;
    }

    private byte[] write(SequenceOutput output) {
        if (format == OutputFormat.FLOAT32 && output instanceof Prediction prediction) {
            return PredictionFloats.write(prediction);
        }
        return writer(output instanceof Prediction prediction ? prediction.model() : ((Verdict) output).model())
                .write(output);
    }

    private OutputJson writer(@Nullable String model) {
        long id = model == null ? 0 : Long.parseUnsignedLong(model, 16);
        OutputJson found = writers.get(id);
        if (found == null) {
            if (writers.size() >= MAX_WRITERS) {
                writers.clear(); // most of them are of models that are no longer active
            }
            found = version(id).json();
            writers.put(id, found);
        }
        return found;
    }

    private ModelVersion version(long id) {
        Models.Active only = id == 0 ? models.active(ModelConfig.NAME_DEFAULT) : null;
        ModelVersion version = only == null ? models.find(id) : only.version();
        if (version == null) {
            throw new IllegalStateException("the model of a result is not available");
        }
        return version;
    }
}

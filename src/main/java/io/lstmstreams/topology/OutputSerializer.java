package io.lstmstreams.topology;

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

/**
 * Writes results in the configured format, and verdicts as JSON. What a thread has prepared to measure it, the same thread's sink
 * sends: nothing is written twice. Safe for any number of threads.
 */
final class OutputSerializer implements Serializer<SequenceOutput> {
    private static final int VOCABULARIES = 64;

    private final Models models;
    private final OutputFormat format;
    private final Map<Long, OutputJson> json = new ConcurrentHashMap<>(); // by the model's id
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

    /** Drops what this thread has prepared and does not send. */
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
        return json(output instanceof Prediction prediction ? prediction.model() : ((Verdict) output).model())
                .write(output);
    }

    private OutputJson json(String model) {
        long id = model == null ? 0 : Long.parseUnsignedLong(model, 16);
        OutputJson found = json.get(id);
        if (found == null) {
            if (json.size() >= VOCABULARIES) {
                json.clear(); // of models that were replaced long ago, most of them
            }
            ModelVersion version = model == null ? models.active(null).version() : models.find(id, null);
            found = version.json();
            json.put(id, found);
        }
        return found;
    }
}

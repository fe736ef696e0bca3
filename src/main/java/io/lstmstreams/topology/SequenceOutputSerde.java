package io.lstmstreams.topology;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.OutputParser;
import io.lstmstreams.output.SequenceOutput;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Results and verdicts as JSON, the records of the application's topics. Writes all that an output has; reads float32
 * numbers exactly and others with 9 significant digits. Safe for any number of threads.
 */
@API(status = API.Status.STABLE)
public final class SequenceOutputSerde implements Serde<SequenceOutput> {
    private final OutputJson json;
    private final OutputParser parser;

    /** Creates a serde of the outputs of a model, whose vocabulary names the events. */
    public SequenceOutputSerde(Model model) {
        this.json = new OutputJson(model.vocabulary());
        this.parser = new OutputParser(model.vocabulary());
    }

    @Override
    public Serializer<SequenceOutput> serializer() {
        return (topic, output) -> output == null ? null : json.write(output);
    }

    /** Returns a deserializer, which throws {@link SerializationException} for a record that is no such output. */
    @Override
    public Deserializer<SequenceOutput> deserializer() {
        return (topic, value) -> value == null ? null : read(topic, value);
    }

    private SequenceOutput read(@Nullable String topic, byte[] value) {
        try {
            return parser.read(value);
        } catch (IllegalArgumentException e) {
            throw new SerializationException("topic " + topic + ": " + e.getMessage(), e);
        }
    }
}

package io.lstmstreams.topology;

import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.PredictionFloats;
import io.lstmstreams.output.SequenceOutput;
import org.apache.kafka.common.serialization.Serializer;

/** Writes results in the configured format, and verdicts as JSON. */
final class OutputSerializer implements Serializer<SequenceOutput> {
    private final OutputJson json;
    private final OutputFormat format;

    OutputSerializer(EventModel model, OutputFormat format) {
        this.json = new OutputJson(model.vocabulary());
        this.format = format;
    }

    @Override
    public byte[] serialize(String topic, SequenceOutput output) {
        return format == OutputFormat.FLOAT32 && output instanceof Prediction prediction
                ? PredictionFloats.write(prediction)
                : json.write(output);
    }
}

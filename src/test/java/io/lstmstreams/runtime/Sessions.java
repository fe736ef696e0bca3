package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.replay.Replay;
import io.lstmstreams.topology.TinyModels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Interleaved sequences, with a bad record in 50, and their expected results. */
final class Sessions {
    private static final int LIVE = 40; // sequences at a time
    private static final int BAD_EVERY = 50;
    private static final List<String> BAD = List.of(
            "{\"event\":\"unheard-of\"}",
            "{\"event\":\"unheard-of\",\"end\":true}",
            "{\"event\":[1,1,0,0,0,0]}",
            "{\"event\":99}",
            "{\"event\":",
            "");

    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<ProducerRecord<byte[], byte[]>> bad = new ArrayList<>();
    private final Map<String, List<String>> results = new TreeMap<>(); // by sequence, in order
    private final Map<String, String> verdicts = new TreeMap<>(); // by sequence

    /**
     * Invents the sequences, the same in every run.
     *
     * @param topic the topic of the records
     * @param header the header that names the sequence besides the key, or null
     */
    Sessions(Model model, String topic, int count, String header) throws IOException {
        StringBuilder file = new StringBuilder(); // the good records, as replay reads them
        Random random = new Random(11);
        List<String> live = new ArrayList<>();
        int begun = 0;
        while (begun < count || !live.isEmpty()) {
            while (live.size() < LIVE && begun < count) {
                live.add("session-" + begun++);
            }
            String sequence = live.get(random.nextInt(live.size()));
            String symbol = TinyModels.EVENTS.get(random.nextInt(TinyModels.EVENTS.size()));
            boolean ends = random.nextInt(12) == 0;
            String event = "\"event\":\"" + symbol + "\"";
            boolean byTombstone = ends && random.nextBoolean();
            String end = ends && !byTombstone ? ",\"end\":true" : "";
            add(topic, header, sequence, "{" + event + end + "}");
            file.append("{\"sequence\":\"")
                    .append(sequence)
                    .append("\",")
                    .append(event)
                    .append(end)
                    .append("}\n");
            if (byTombstone) {
                add(topic, header, sequence, null);
                file.append("{\"sequence\":\"").append(sequence).append("\",\"end\":true}\n");
            }
            if (ends) {
                live.remove(sequence);
            }
            if (records.size() % BAD_EVERY == 0 && !live.isEmpty()) {
                bad.add(add(topic, header, live.get(0), BAD.get(random.nextInt(BAD.size()))));
            }
        }
        replay(model, file.toString());
    }

    private ProducerRecord<byte[], byte[]> add(String topic, String header, String sequence, String value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, sequence.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
        record.headers().add("number", Integer.toString(records.size()).getBytes(UTF_8));
        if (header != null) {
            record.headers().add(header, sequence.getBytes(UTF_8));
        }
        records.add(record);
        return record;
    }

    private void replay(Model model, String file) throws IOException {
        OutputJson json = new OutputJson(model.vocabulary());
        new Replay(model, Kernels.auto(), OutputConfig.TOP_K_DEFAULT, Set.of(), output -> {
                    String text = new String(json.write(output), UTF_8);
                    if (output instanceof Prediction) {
                        results.computeIfAbsent(output.sequence(), sequence -> new ArrayList<>())
                                .add(text);
                    } else {
                        verdicts.put(output.sequence(), text);
                    }
                })
                .jsonLines(new LineReader(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns all records, in the order in which they must be sent. */
    List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }

    /** Returns a part of the records: {@code part} of {@code parts}, from 0. */
    List<ProducerRecord<byte[], byte[]>> records(int part, int parts) {
        int size = records.size();
        return records.subList(part * size / parts, (part + 1) * size / parts);
    }

    /** Returns the records that cannot be processed. */
    List<ProducerRecord<byte[], byte[]>> bad() {
        return bad;
    }

    /** Returns the results of each sequence in order, as JSON without a time. */
    Map<String, List<String>> results() {
        return results;
    }

    /** Returns the verdict of each sequence, as JSON. */
    Map<String, String> verdicts() {
        return verdicts;
    }
}

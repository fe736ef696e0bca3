package io.lstmstreams.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lstmstreams.client.EventSender;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.runtime.Brokers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams send}. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Sends events to an application's input topic, in the format that its configuration names: those"
                + " of a file, or those of one sequence.")
final class SendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "app.properties", description = "The application's configuration.")
    private Path properties;

    @Option(
            names = "--input",
            paramLabel = "F",
            description = "The file of events; - is standard input, of which each line is sent at once.")
    private @Nullable String input;

    @Option(names = "--format", defaultValue = "sessions", description = FileFormat.DESCRIPTION)
    private FileFormat format;

    @Option(names = "--sequence", paramLabel = "ID", description = "The sequence of --event and --end.")
    private @Nullable String sequence;

    @Option(
            names = "--event",
            paramLabel = "E",
            description = "An event: its symbol or index, or an array or object in JSON. May be repeated.")
    private List<String> events = List.of();

    @Option(names = "--end", description = "Ends the sequence, after its events.")
    private boolean end;

    @Override
    public Integer call() throws IOException {
        check();
        LstmStreamsConfig config = RunCommand.configuration(properties);
        Brokers.await(config);
        try (EventSender sender = new EventSender(config)) {
            if (input != null) {
                sendFile(sender, input);
            } else if (sequence != null) {
                sendSequence(sender, sequence);
            }
            sender.flush();
            spec.commandLine().getOut().println(summary(sender, config.input().topic()));
            if (sender.refused() > 0) {
                spec.commandLine()
                        .getErr()
                        .printf(
                                "%s could not be sent, the first in %s%n",
                                Readable.count(sender.refused(), "line"), sender.firstRefusal());
                return Main.FAILED;
            }
            return 0;
        }
    }

    private void check() {
        if ((input == null) == (sequence == null)) {
            throw new ParameterException(
                    spec.commandLine(), "Name the events: --input FILE, or --sequence ID with --event E or --end.");
        }
        if (input != null && (end || !events.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--event and --end require --sequence.");
        }
        if (sequence != null && !end && events.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--sequence requires --event or --end.");
        }
    }

    private void sendFile(EventSender sender, String file) throws IOException {
        try (InputStream in = format.open(file);
                Progress progress = Progress.onTerminal("records")) {
            LineReader lines = new LineReader(in);
            if (format == FileFormat.SESSIONS) {
                sender.sessions(lines, progress::advance);
            } else {
                sender.jsonLines(lines, progress::advance);
            }
        }
    }

    private void sendSequence(EventSender sender, String id) {
        for (String event : events) {
            sender.event(id, node(event));
        }
        if (end) {
            sender.end(id);
        }
    }

    /** Returns an array or an object in JSON, and any other text as a symbol. */
    private JsonNode node(String event) {
        if (!event.startsWith("[") && !event.startsWith("{")) {
            return JsonNodeFactory.instance.textNode(event);
        }
        try {
            return new JsonMapper().readTree(event);
        } catch (JsonProcessingException e) {
            throw new ParameterException(
                    spec.commandLine(), "--event begins like JSON, but is not: " + e.getOriginalMessage(), e);
        }
    }

    private static String summary(EventSender sender, String topic) {
        String ends = sender.ends() == 1 ? "the end" : "the ends";
        return "sent %s%s to the topic %s"
                .formatted(
                        Readable.count(sender.events(), "event"),
                        sender.ends() == 0 ? "" : " and " + ends + " of " + Readable.count(sender.ends(), "sequence"),
                        topic);
    }
}

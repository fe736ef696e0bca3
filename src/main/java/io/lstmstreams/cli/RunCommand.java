package io.lstmstreams.cli;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.http.ApplicationServer;
import io.lstmstreams.runtime.LstmApplication;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code lstm-streams run app.properties}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the application against a cluster until it is stopped.")
final class RunCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "app.properties",
            description = "The configuration. Keys that do not begin with lstm. go to Kafka Streams.")
    private Path properties;

    @Override
    public Integer call() throws Exception {
        LstmStreamsConfig config = configuration(properties);
        try (ApplicationServer server = config.http().port() == null ? null : ApplicationServer.start(config)) {
            LstmApplication application = LstmApplication.start(server == null ? config : server.announce(config));
            Runtime.getRuntime().addShutdownHook(new Thread(application::close, "shutdown"));
            if (server != null) {
                server.serve(application);
            }
            application.awaitStop();
            return 0;
        }
    }

    /** Reads a properties file; this process's environment overrides it. */
    static LstmStreamsConfig configuration(Path file) throws IOException {
        return LstmStreamsConfig.of(read(file), System.getenv());
    }

    private static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> map = new HashMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> map.put(key, properties.getProperty(key).strip()));
        return map;
    }
}

package io.lstmstreams.faults;

import io.lstmstreams.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The broker's process: {@code lstm-streams broker} with one more listener for each proxy, whose address it tells its
 * clients instead of its own. Arguments: data directory, port, port of the controller, then {@code listener:proxy} for
 * each.
 */
final class BrokerMain {
    /** The line that the process prints when it serves clients. */
    static final String READY = "ready";

    private static final String LOCAL = "127.0.0.1:";

    private BrokerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[1]);
        String controller = LOCAL + arguments[2];
        List<String> listeners = new ArrayList<>(List.of("CLIENTS://" + LOCAL + port));
        List<String> advertised = new ArrayList<>(listeners);
        List<String> protocols = new ArrayList<>(List.of("CLIENTS:PLAINTEXT", "CONTROLLER:PLAINTEXT"));
        for (int i = 3; i < arguments.length; i++) {
            String[] ports = arguments[i].split(":", 2);
            listeners.add("PROXY" + i + "://" + LOCAL + ports[0]);
            advertised.add("PROXY" + i + "://" + LOCAL + ports[1]);
            protocols.add("PROXY" + i + ":PLAINTEXT");
        }
        listeners.add("CONTROLLER://" + controller);
        EmbeddedBroker broker = EmbeddedBroker.start(
                port,
                Path.of(arguments[0]),
                Map.of(
                        "listeners", String.join(",", listeners),
                        "advertised.listeners", String.join(",", advertised),
                        "listener.security.protocol.map", String.join(",", protocols),
                        "controller.quorum.voters", "1@" + controller,
                        // Faults must be noticed within seconds; Kafka's shortest session is 6 s.
                        "group.min.session.timeout.ms", 1_000));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "shutdown"));
        System.out.println(READY);
        Thread.currentThread().join(); // until the process is stopped
    }
}

package io.lstmstreams.faults;

import io.lstmstreams.waiting.ProgressTimeout;
import java.util.List;
import java.util.Random;

/** Injects the faults of the connections of an instance or of the producer. */
final class ConnectionFaults {
    /** The number of the producer's proxy; the other proxies are the instances'. */
    static final int PRODUCER = 0;

    private final Cluster cluster;

    ConnectionFaults(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Injects a fault and repairs the damage.
     *
     * @return the target and further details, for people
     */
    String inject(Fault fault, Random random) throws Exception {
        int[] number = new int[1];
        ProgressTimeout.await("a connection", cluster::progress, () -> {
            number[0] = random.nextInt(1 + Plan.MAX_INSTANCES);
            return !cluster.broker().proxy(number[0]).connections().isEmpty();
        });
        Proxy proxy = cluster.broker().proxy(number[0]);
        List<ProxiedConnection> connections = proxy.connections();
        switch (fault.kind()) {
            case CUT_CONNECTIONS -> connections.forEach(ProxiedConnection::cut);
            case CUT_MESSAGES -> cutMessages(connections, fault);
            case HALF_CLOSE -> connections.forEach(connection -> connection.closeHalf(random.nextBoolean()));
            case STALL_CONNECTIONS -> stall(connections, fault);
            case REFUSE_CONNECTIONS -> refuse(proxy, connections, fault);
            default -> throw new IllegalArgumentException(fault.toString());
        }
        return (number[0] == PRODUCER ? "producer" : "instance " + number[0]) + ": " + connections.size()
                + " connections";
    }

    private static void cutMessages(List<ProxiedConnection> connections, Fault fault) throws InterruptedException {
        connections.forEach(ProxiedConnection::cutAmid);
        Thread.sleep(fault.millis());
        connections.forEach(ProxiedConnection::cut); // those that transferred nothing
    }

    private static void stall(List<ProxiedConnection> connections, Fault fault) throws InterruptedException {
        connections.forEach(connection -> connection.stall(true));
        Thread.sleep(fault.millis());
        connections.forEach(connection -> connection.stall(false));
    }

    private static void refuse(Proxy proxy, List<ProxiedConnection> connections, Fault fault)
            throws InterruptedException {
        proxy.refuse(true);
        connections.forEach(ProxiedConnection::cut);
        Thread.sleep(fault.millis());
        proxy.refuse(false);
    }
}

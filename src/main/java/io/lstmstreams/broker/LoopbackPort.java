package io.lstmstreams.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports of the loopback interface. */
final class LoopbackPort {

    static final String HOST = "127.0.0.1";

    private LoopbackPort() {}

    /**
     * Checks that a port is free.
     *
     * @param port the port, or 0 for any free port
     * @return the port, which is free at this moment
     */
    static int free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As in Kafka: connections of a broker that has just stopped do not block the port.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BrokerException(
                    "the broker cannot listen on " + HOST + ":" + port + " (" + e.getMessage() + ")", e);
        }
    }
}

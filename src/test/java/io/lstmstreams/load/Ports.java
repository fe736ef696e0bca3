package io.lstmstreams.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this machine that stay free while nobody listens on them, even while a broker is dead: they are below the
 * ports that the system assigns to outgoing connections.
 */
public final class Ports {
    private static final int FIRST = 15_000;
    private static final int END = 32_000;

    private Ports() {}

    public static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                // in use: another one
            }
        }
    }
}

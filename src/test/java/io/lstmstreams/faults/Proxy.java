package io.lstmstreams.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes bytes between a client and the broker, and breaks connections on demand. Safe for any number of threads. */
final class Proxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    private Proxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /**
     * Starts listening.
     *
     * @param port the port for clients
     * @param target the broker's port
     */
    static Proxy start(int port, int target) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Proxy proxy = new Proxy(server, target);
            daemon("proxy-" + port, proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // closed: the loop ends
            }
        }
    }

    private void connect(Socket client) {
        if (refusing) {
            ProxiedConnection.reset(client);
            return;
        }
        try {
            Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
            ProxiedConnection connection = new ProxiedConnection(client, broker, connections::remove);
            connections.add(connection);
            connection.start();
        } catch (IOException e) { // nobody listens at the target
            ProxiedConnection.reset(client);
        }
    }

    /** Returns the open connections. */
    List<ProxiedConnection> connections() {
        return List.copyOf(connections);
    }

    /** Refuses or accepts new connections. */
    void refuse(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public void close() {
        refusing = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections().forEach(ProxiedConnection::cut);
    }
}

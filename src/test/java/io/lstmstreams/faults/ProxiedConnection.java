package io.lstmstreams.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A connection through a proxy, and ways to break it. Safe for any number of threads. */
final class ProxiedConnection {
    private static final int CHUNK = 1 << 16;

    private final Socket client;
    private final Socket broker;
    private final Consumer<ProxiedConnection> atEnd;
    private final AtomicInteger open = new AtomicInteger(2); // directions
    private volatile boolean cutAmid;
    private boolean stalled;

    ProxiedConnection(Socket client, Socket broker, Consumer<ProxiedConnection> atEnd) throws IOException {
        this.client = client;
        this.broker = broker;
        this.atEnd = atEnd;
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
    }

    void start() {
        Proxy.daemon("proxy-requests", () -> pass(client, broker));
        Proxy.daemon("proxy-responses", () -> pass(broker, client));
    }

    private void pass(Socket from, Socket to) {
        byte[] bytes = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                awaitPassage();
                if (cutAmid && read > 1) {
                    out.write(bytes, 0, read / 2);
                    cut();
                    return;
                }
                out.write(bytes, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            cut(); // closes both sides
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (open.decrementAndGet() == 0) {
                cut();
            }
        }
    }

    private synchronized void awaitPassage() throws InterruptedException {
        while (stalled) {
            wait();
        }
    }

    /** Stops or resumes the transfer of bytes. */
    synchronized void stall(boolean stall) {
        stalled = stall;
        notifyAll();
    }

    /** Resets the connection at once, for both sides. */
    void cut() {
        reset(client);
        reset(broker);
        stall(false);
        atEnd.accept(this);
    }

    /** Resets the connection after half of the next message in either direction. */
    void cutAmid() {
        cutAmid = true;
    }

    /** Ends one direction and leaves the other one open. */
    void closeHalf(boolean requests) {
        try {
            (requests ? broker : client).shutdownOutput();
        } catch (IOException e) {
            cut();
        }
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // a reset, which discards what was not sent yet
            socket.close();
        } catch (IOException e) {
            // already closed
        }
    }
}

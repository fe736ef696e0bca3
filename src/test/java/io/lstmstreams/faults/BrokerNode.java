package io.lstmstreams.faults;

import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.load.Ports;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The broker, in a separate process, and the proxies in front of it. Safe for any number of threads. */
final class BrokerNode implements AutoCloseable {
    private static final int LAST_ERRORS = 5;

    private final Path logs;
    private final Path data;
    private final int port = Ports.free();
    private final int controllerPort = Ports.free();
    private final List<String> listeners = new ArrayList<>();
    private final List<Proxy> proxies = new ArrayList<>();
    private final List<String> bootstrapServers = new ArrayList<>();
    private final ReentrantLock target = new ReentrantLock();
    private JavaProcess process;

    /**
     * Creates a broker that does not run yet.
     *
     * @param proxyCount the number of proxies
     */
    BrokerNode(Path directory, int proxyCount) throws IOException {
        this.logs = Files.createDirectories(directory);
        this.data = directory.resolve("data");
        for (int i = 0; i < proxyCount; i++) {
            int behind = Ports.free();
            int before = Ports.free();
            listeners.add(behind + ":" + before);
            proxies.add(Proxy.start(before, behind));
            bootstrapServers.add("127.0.0.1:" + before);
        }
    }

    /** Returns the broker's own address. */
    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Returns the address of a proxy. */
    String bootstrapServers(int proxy) {
        return bootstrapServers.get(proxy);
    }

    Proxy proxy(int number) {
        return proxies.get(number);
    }

    /** Returns the lock that every fault of the broker holds. */
    ReentrantLock target() {
        return target;
    }

    /** Starts the broker, and waits until it serves clients. */
    synchronized void start() throws InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(data.toString(), Integer.toString(port), Integer.toString(controllerPort)));
        arguments.addAll(listeners);
        process = JavaProcess.start(
                logs,
                Map.of(),
                "",
                JavaProcess.command(
                        List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Dtest.log.kafka=ERROR"),
                        BrokerMain.class.getName(),
                        arguments.toArray(String[]::new)));
        ProgressTimeout timeout = new ProgressTimeout("a broker that serves clients");
        while (!process.out().contains(BrokerMain.READY)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the broker did not start: " + process.err());
            }
            timeout.check(process.progress());
            Thread.sleep(50);
        }
    }

    /** Kills the broker, which is not started again. */
    synchronized void kill() throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the broker ended by itself: " + process.err());
        }
        process.kill();
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Returns the last errors that the broker has written since it was started, one a line. */
    synchronized List<String> errors() {
        List<String> errors =
                process.err().lines().filter(line -> line.contains("ERROR")).toList();
        return errors.subList(Math.max(0, errors.size() - LAST_ERRORS), errors.size());
    }

    synchronized long pid() {
        return process.pid();
    }

    @Override
    public synchronized void close() {
        proxies.forEach(Proxy::close);
        if (process != null) {
            process.close();
        }
    }
}

package io.lstmstreams.faults;

import io.lstmstreams.load.Journal;
import io.lstmstreams.waiting.ProgressTimeout;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Injects the faults of a plan: one begins after the other, and at most two overlap. */
final class Injector {
    private static final int AT_A_TIME = 2;
    private static final int LOOK_MS = 100;

    private final Plan plan;
    private final Journal journal;
    private final InstanceFaults instances;
    private final BrokerFaults broker;
    private final ConnectionFaults connections;
    private final LoadFaults load;
    private final Map<FaultKind, Integer> injected = new EnumMap<>(FaultKind.class);
    private final List<String> failures = new CopyOnWriteArrayList<>();

    Injector(Plan plan, Cluster cluster, LoadFaults load, Journal journal) {
        this.plan = plan;
        this.journal = journal;
        this.instances = new InstanceFaults(cluster);
        this.broker = new BrokerFaults(cluster, instances);
        this.connections = new ConnectionFaults(cluster);
        this.load = load;
    }

    /** Injects all faults, and returns when the last one has ended. */
    void run() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        Semaphore free = new Semaphore(AT_A_TIME);
        for (Fault fault : plan.faults()) {
            Thread.sleep(fault.pause());
            free.acquire();
            while (instances.isWaiting()) {
                Thread.sleep(LOOK_MS);
            }
            threads.execute(() -> {
                inject(fault);
                free.release();
            });
        }
        free.acquire(AT_A_TIME);
        threads.shutdown();
    }

    private void inject(Fault fault) {
        double begun = journal.elapsed().toMillis() / 1000.0;
        String name = "#" + fault.number() + " " + fault.kind().text();
        try {
            String target = injectPatiently(fault, name);
            journal.say(String.format(Locale.ROOT, "%s, %s, begun at %.1f s", name, target, begun));
            synchronized (injected) {
                injected.merge(fault.kind(), 1, Integer::sum);
            }
        } catch (Exception | AssertionError e) {
            failures.add(name + ": " + e);
            journal.say(name + " could not be injected: " + e);
        }
    }

    /** Injects a fault, with another target each time the target ends before the fault takes effect. */
    private String injectPatiently(Fault fault, String name) throws Exception {
        ProgressTimeout timeout = new ProgressTimeout("a target of " + name);
        Random random = new Random(fault.choice());
        while (true) {
            try {
                return injectByKind(fault, random);
            } catch (TargetEndedException e) {
                journal.say(name + " is injected again: " + e.getMessage());
                timeout.check(e.getMessage());
            }
        }
    }

    private String injectByKind(Fault fault, Random random) throws Exception {
        return switch (fault.kind()) {
            case KILL_INSTANCE,
                    KILL_INSTANCE_DELETE_STATE,
                    KILL_INSTANCE_DAMAGE_STATE,
                    END_INSTANCE_DAMAGE_STATE,
                    STOP_INSTANCE,
                    STOP_INSTANCE_LONG,
                    ADD_INSTANCE,
                    REMOVE_INSTANCE,
                    LIMIT_FILES,
                    FILL_DISK -> instances.inject(fault, random);
            case KILL_BROKER, STOP_BROKER, KILL_BOTH -> broker.inject(fault, random);
            case CUT_CONNECTIONS, CUT_MESSAGES, HALF_CLOSE, STALL_CONNECTIONS, REFUSE_CONNECTIONS ->
                connections.inject(fault, random);
            case SLOW_DISK, POISON, HOSTILE, CLOCK_JUMP, REPEAT -> load.inject(fault, random);
        };
    }

    /** Returns the number of injected faults of each kind. */
    Map<FaultKind, Integer> injected() {
        return injected;
    }

    /** Returns the faults that were not injected, with the reasons. */
    List<String> failures() {
        return failures;
    }
}

package io.lstmstreams.faults;

import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Injects the faults of an instance, its process and its files. */
final class InstanceFaults {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int STOPPED = 'T';

    private final Cluster cluster;
    private final AtomicInteger waiting = new AtomicInteger(); // faults that have waited long for a target

    InstanceFaults(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Injects a fault and repairs the damage.
     *
     * @return the target and further details, for people
     */
    String inject(Fault fault, Random random) throws Exception {
        Instance instance = take(fault, random);
        try {
            return instance
                    + switch (fault.kind()) {
                        case KILL_INSTANCE -> kill(instance, fault);
                        case KILL_INSTANCE_DELETE_STATE -> killAndDelete(instance, fault);
                        case KILL_INSTANCE_DAMAGE_STATE -> {
                            instance.kill();
                            yield damage(instance, fault, random);
                        }
                        case END_INSTANCE_DAMAGE_STATE -> end(instance) + damage(instance, fault, random);
                        case STOP_INSTANCE, STOP_INSTANCE_LONG -> stop(instance.pid(), fault);
                        case ADD_INSTANCE -> add(instance, fault);
                        case REMOVE_INSTANCE -> end(instance);
                        case LIMIT_FILES -> limitFiles(instance, fault);
                        case FILL_DISK -> fillDisk(instance, fault);
                        default -> throw new IllegalArgumentException(fault.toString());
                    };
        } finally {
            instance.target().unlock();
        }
    }

    /** Returns a suitable instance, locked for the caller. */
    private Instance take(Fault fault, Random random) throws Exception {
        return switch (fault.kind()) {
            case ADD_INSTANCE -> take(random, instance -> !instance.shouldRun());
            case KILL_INSTANCE_DELETE_STATE, KILL_INSTANCE_DAMAGE_STATE, END_INSTANCE_DAMAGE_STATE ->
                take(random, instance -> instance.hasRun() && StateDamage.isPossible(instance.states()));
            case LIMIT_FILES, FILL_DISK, REMOVE_INSTANCE -> take(random, Instance::hasRun);
            default -> takeAlive(random);
        };
    }

    /** Returns an instance whose process runs, locked for the caller. */
    Instance takeAlive(Random random) throws Exception {
        return take(random, Instance::isAlive);
    }

    /** A condition that the target of a fault must meet. */
    private interface Fitness {
        boolean test(Instance instance) throws IOException;
    }

    private Instance take(Random random, Fitness fitness) throws Exception {
        List<Instance> candidates = new ArrayList<>(cluster.instances());
        Collections.shuffle(candidates, random);
        ProgressTimeout timeout = new ProgressTimeout("an instance that the fault can be done to");
        long soon = System.nanoTime() + LONG.toNanos();
        boolean isLong = false;
        try {
            while (true) {
                for (Instance instance : candidates) {
                    if (instance.target().tryLock()) {
                        if (fitness.test(instance)) {
                            return instance;
                        }
                        instance.target().unlock();
                    }
                }
                if (!isLong && System.nanoTime() > soon) {
                    isLong = true;
                    waiting.incrementAndGet();
                }
                timeout.check(cluster.progress());
                Thread.sleep(50);
            }
        } finally {
            waiting.addAndGet(isLong ? -1 : 0);
        }
    }

    /**
     * Returns whether a fault has waited long for a target. Other faults then wait, so that instances become suitable.
     */
    boolean isWaiting() {
        return waiting.get() > 0;
    }

    private static String kill(Instance instance, Fault fault) throws InterruptedException {
        instance.kill();
        Thread.sleep(fault.millis());
        instance.start();
        return "";
    }

    private static String killAndDelete(Instance instance, Fault fault) throws InterruptedException, IOException {
        instance.kill();
        StateDamage.delete(instance.states());
        Thread.sleep(fault.millis());
        instance.start();
        return "";
    }

    private static String damage(Instance instance, Fault fault, Random random)
            throws InterruptedException, IOException {
        String done = StateDamage.damage(instance.states(), random);
        Thread.sleep(fault.millis());
        instance.start();
        return ": " + done;
    }

    private String end(Instance instance) throws InterruptedException {
        if (!instance.end()) {
            cluster.problems().add(instance + " did not end");
        }
        return "";
    }

    private static String add(Instance instance, Fault fault) throws InterruptedException {
        instance.start();
        Thread.sleep(fault.millis());
        return "";
    }

    /** Stops a process for a while. */
    static String stop(long pid, Fault fault) throws Exception {
        Signals.send("STOP", pid);
        Path status = Path.of("/proc", Long.toString(pid), "stat");
        try {
            ProgressTimeout.await("a stopped process", () -> !Files.exists(status) || state(status) == STOPPED);
            Thread.sleep(fault.millis());
        } finally {
            Signals.send("CONT", pid);
        }
        return "";
    }

    private static int state(Path status) throws IOException {
        String text = Files.readString(status); // number, name in parentheses, state
        return text.charAt(text.lastIndexOf(')') + 2);
    }

    private static String limitFiles(Instance instance, Fault fault) throws InterruptedException, TargetEndedException {
        long pid = instance.pid();
        if (!Signals.succeeds(limit(pid, "64"))) {
            throw new TargetEndedException(instance + " ended before a limit was set");
        }
        Thread.sleep(fault.millis());
        boolean lifted = Signals.succeeds(limit(pid, "unlimited"));
        return lifted ? "" : ": it did not live to see the end of it";
    }

    /** Returns the command that limits the size of the files that a process may write; larger writes fail. */
    static List<String> limit(long pid, String bytes) {
        return List.of("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":");
    }

    private String fillDisk(Instance instance, Fault fault) throws Exception {
        SmallDisk disk = SmallDisk.create();
        end(instance);
        instance.startOn(disk);
        ProgressTimeout.await(
                "an instance on a small disk", cluster::progress, () -> instance.hasRun() || instance.disk() == null);
        long pid = instance.pid();
        boolean filled = disk.fill(pid);
        Thread.sleep(fault.millis());
        boolean alive = instance.disk() == disk && instance.isAlive();
        disk.free(pid);
        Thread.sleep(1000);
        if (instance.disk() == disk) {
            instance.kill();
            instance.start();
        }
        if (!filled) {
            throw new TargetEndedException(instance + " ended before its disk was filled");
        }
        return alive ? "" : ": it did not live to see the end of it";
    }
}

package io.lstmstreams.faults;

import java.util.Random;

/** Injects the faults of the broker, alone or together with an instance. */
final class BrokerFaults {
    private final Cluster cluster;
    private final InstanceFaults instances;

    BrokerFaults(Cluster cluster, InstanceFaults instances) {
        this.cluster = cluster;
        this.instances = instances;
    }

    /**
     * Injects a fault and repairs the damage.
     *
     * @return the target and further details, for people
     */
    String inject(Fault fault, Random random) throws Exception {
        BrokerNode broker = cluster.broker();
        broker.target().lock();
        try {
            return "broker"
                    + switch (fault.kind()) {
                        case KILL_BROKER -> kill(broker, fault);
                        case STOP_BROKER -> InstanceFaults.stop(broker.pid(), fault);
                        case KILL_BOTH -> killBoth(broker, fault, random);
                        default -> throw new IllegalArgumentException(fault.toString());
                    };
        } finally {
            broker.target().unlock();
        }
    }

    private static String kill(BrokerNode broker, Fault fault) throws InterruptedException {
        broker.kill();
        Thread.sleep(fault.millis());
        broker.start();
        return "";
    }

    private String killBoth(BrokerNode broker, Fault fault, Random random) throws Exception {
        Instance instance = instances.takeAlive(random);
        try {
            broker.kill();
            instance.kill();
            Thread.sleep(fault.millis());
            if (random.nextBoolean()) {
                instance.start();
                broker.start();
            } else {
                broker.start();
                instance.start();
            }
            return " and " + instance;
        } finally {
            instance.target().unlock();
        }
    }
}

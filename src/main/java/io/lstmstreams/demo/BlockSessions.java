package io.lstmstreams.demo;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A generator of sessions, of which a given share is faulty. */
final class BlockSessions implements Supplier<BlockSession> {

    private final RandomGenerator random;
    private final double faultRate;

    /** @param faultRate the share of faulty sessions, 0 to 1 */
    BlockSessions(RandomGenerator random, double faultRate) {
        if (!(faultRate >= 0 && faultRate <= 1)) {
            throw new IllegalArgumentException("the fault rate must be from 0 to 1, but is " + faultRate);
        }
        this.random = random;
        this.faultRate = faultRate;
    }

    @Override
    public BlockSession get() {
        String id = "blk_" + random.nextLong();
        List<String> events = BlockGrammar.lifeCycle(random);
        if (random.nextDouble() >= faultRate) {
            return new BlockSession(id, events, Fault.NONE);
        }
        Fault fault = Fault.INJECTED.get(random.nextInt(Fault.INJECTED.size()));
        return new BlockSession(id, FaultInjector.inject(fault, events, random), fault);
    }
}

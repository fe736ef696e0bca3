package io.lstmstreams.demo;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes up one session after another, a given part of them damaged. */
final class BlockSessions implements Supplier<BlockSession> {

    private final RandomGenerator random;
    private final double faultRate;

    /** @param faultRate the part of the sessions that is damaged, 0 to 1 */
    BlockSessions(RandomGenerator random, double faultRate) {
        if (!(faultRate >= 0 && faultRate <= 1)) {
            throw new IllegalArgumentException("a fault rate is from 0 to 1, not " + faultRate);
        }
        this.random = random;
        this.faultRate = faultRate;
    }

    @Override
    public BlockSession get() {
        String id = "blk_" + random.nextLong();
        List<String> events = BlockGrammar.life(random);
        if (random.nextDouble() >= faultRate) {
            return new BlockSession(id, events, Fault.NONE);
        }
        Fault fault = Fault.DAMAGES.get(random.nextInt(Fault.DAMAGES.size()));
        return new BlockSession(id, FaultInjector.inject(fault, events, random), fault);
    }
}

package io.lstmstreams.faults;

import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Which kinds of faults can be injected on this machine, by this user, and why the others can't. */
final class Possible {
    private final Map<FaultKind, String> obstacles = new EnumMap<>(FaultKind.class);

    /** Looks. */
    static Possible here() throws IOException {
        Possible possible = new Possible();
        if (SmallDisk.create() == null) {
            possible.obstacles.put(
                    FaultKind.FILL_DISK, "needs root, or a system that lets users mount a tmpfs of their own");
        }
        if (!Signals.succeeds(InstanceFaults.limit(ProcessHandle.current().pid(), "unlimited"))) {
            possible.obstacles.put(FaultKind.LIMIT_FILES, "needs the command prlimit");
        }
        return possible;
    }

    Set<FaultKind> kinds() {
        Set<FaultKind> kinds = EnumSet.allOf(FaultKind.class);
        kinds.removeAll(obstacles.keySet());
        return kinds;
    }

    /** Why the other kinds are not possible. */
    Map<FaultKind, String> obstacles() {
        return obstacles;
    }
}

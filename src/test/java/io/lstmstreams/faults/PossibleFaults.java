package io.lstmstreams.faults;

import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The kinds of faults that this user can inject on this machine, and the reasons why the others are not possible. */
final class PossibleFaults {
    private final Map<FaultKind, String> obstacles = new EnumMap<>(FaultKind.class);

    /** Finds the possible kinds. */
    static PossibleFaults here() throws IOException {
        PossibleFaults possible = new PossibleFaults();
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

    /** Returns the reasons why the other kinds are not possible. */
    Map<FaultKind, String> obstacles() {
        return obstacles;
    }
}

package io.lstmstreams.faults;

/** The kinds of faults. */
enum FaultKind {
    KILL_INSTANCE("kill instance", 5, 0.3, 8),
    KILL_INSTANCE_DELETE_STATE("kill instance, delete its state directory", 3, 0.3, 4),
    KILL_INSTANCE_DAMAGE_STATE("kill instance, damage files of its state", 4, 0.3, 4),
    END_INSTANCE_DAMAGE_STATE("end instance, damage files of its state", 4, 0.3, 4),
    STOP_INSTANCE("stop instance, continue it", 4, 0.5, 4),
    STOP_INSTANCE_LONG("stop instance beyond its session, continue it", 4, 7, 12),
    KILL_BROKER("kill broker", 4, 0.3, 6),
    STOP_BROKER("stop broker, continue it", 3, 0.5, 9),
    KILL_BOTH("kill broker and instance", 3, 0.3, 6),
    ADD_INSTANCE("add instance", 3, 1, 4),
    REMOVE_INSTANCE("remove instance", 3, 1, 4),
    LIMIT_FILES("no file of the instance may grow", 3, 3, 9),
    FILL_DISK("fill the disk of an instance", 3, 3, 9),
    SLOW_DISK("keep the disk busy", 2, 2, 5),
    CUT_CONNECTIONS("cut connections", 4, 0, 0),
    CUT_MESSAGES("cut connections amid a message", 4, 0.5, 3),
    HALF_CLOSE("close one direction of connections", 3, 0, 0),
    STALL_CONNECTIONS("stall connections", 3, 1, 12),
    REFUSE_CONNECTIONS("cut connections, refuse new ones", 3, 1, 9),
    POISON("records that cannot be processed", 3, 0, 0),
    HOSTILE("records whose results no topic accepts", 3, 0, 0),
    CLOCK_JUMP("clock of the producer jumps", 3, 1, 6),
    REPEAT("producer repeats records", 3, 0, 0);

    private final String text;
    private final int weight;
    private final double shortest;
    private final double longest;

    FaultKind(String text, int weight, double shortest, double longest) {
        this.text = text;
        this.weight = weight;
        this.shortest = shortest;
        this.longest = longest;
    }

    /** Returns the name that is printed. */
    String text() {
        return text;
    }

    /** Returns the weight of the kind among all kinds when faults are drawn. */
    int weight() {
        return weight;
    }

    /** Returns the minimum duration in seconds. */
    double shortest() {
        return shortest;
    }

    /** Returns the maximum duration in seconds. */
    double longest() {
        return longest;
    }
}

package io.lstmstreams.http;

import io.lstmstreams.runtime.StateQueries;
import io.lstmstreams.runtime.StateQueries.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How much of the states has been looked through: what is in none of all partitions is nowhere. Not thread-safe. */
final class Coverage {
    private final StateQueries queries;
    private final Set<Integer> partitions;
    private final List<Peer> silent = new ArrayList<>();

    /** @param own partitions of this instance that were looked through */
    Coverage(StateQueries queries, Set<Integer> own) {
        this.queries = queries;
        this.partitions = new TreeSet<>(own);
    }

    void add(PeerAnswer answer) {
        partitions.addAll(answer.partitions());
        if (!answer.isUsable()) {
            silent.add(answer.peer());
        }
    }

    boolean isComplete() {
        return partitions.size() >= queries.partitions();
    }

    /** @throws RefusedException if some were not */
    void check() {
        if (isComplete()) {
            return;
        }
        String looked = partitions.size() + " of " + queries.partitions() + " partitions could be looked through: ";
        if (!silent.isEmpty()) {
            Peer peer = silent.get(0);
            throw RefusedException.unavailable(
                    looked + "the instance at " + peer.host() + ":" + peer.port() + " does not answer");
        }
        throw RefusedException.unavailable(looked
                + (queries.knowsOthers()
                        ? "the others change hands, or are at instances without HTTP"
                        : "set application.server, so that instances find each other"));
    }
}

package io.lstmstreams.http;

import io.lstmstreams.runtime.StateQueries;
import io.lstmstreams.runtime.StateQueries.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The partitions that were searched for a sequence. A sequence does not exist only if all partitions were searched. Not
 * thread-safe.
 */
final class Coverage {
    private final StateQueries queries;
    private final Set<Integer> partitions;
    private final List<Peer> silent = new ArrayList<>();

    /** @param own partitions that this instance has searched */
    Coverage(StateQueries queries, Set<Integer> own) {
        this.queries = queries;
        this.partitions = new TreeSet<>(own);
    }

    void add(PeerResponse response) {
        partitions.addAll(response.partitions());
        if (!response.isUsable()) {
            silent.add(response.peer());
        }
    }

    boolean isComplete() {
        return partitions.size() >= queries.partitions();
    }

    /** @throws RefusedException if some partitions were not searched */
    void check() {
        if (isComplete()) {
            return;
        }
        String searched = partitions.size() + " of " + queries.partitions() + " partitions could be searched: ";
        if (!silent.isEmpty()) {
            Peer peer = silent.get(0);
            throw RefusedException.unavailable(
                    searched + "the instance at " + peer.host() + ":" + peer.port() + " does not answer");
        }
        throw RefusedException.unavailable(searched
                + (queries.knowsOthers()
                        ? "the others are moving to another instance, or their instances have no HTTP server"
                        : "set application.server, so that the instances find each other"));
    }
}

package io.lstmstreams.http;

import io.lstmstreams.runtime.StateQueries.Peer;
import java.util.Set;

/**
 * The response of another instance.
 *
 * @param status the HTTP status; 0 if no response arrived in time
 * @param partitions the partitions that the instance has searched
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PeerResponse(Peer peer, int status, Set<Integer> partitions, byte[] body) {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    static PeerResponse none(Peer peer) {
        return new PeerResponse(peer, 0, Set.of(), new byte[0]);
    }

    boolean isOk() {
        return status == OK;
    }

    /**
     * Returns whether the instance has answered from its data. The answer may be that the sequence does not exist.
     */
    boolean isUsable() {
        return status > 0 && status < UNAVAILABLE && status != 401 && status != 403;
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}

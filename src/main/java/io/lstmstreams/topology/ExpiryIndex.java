package io.lstmstreams.topology;

import java.util.Comparator;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;

/**
 * An index of the times at which the entries of one store can expire. It knows no entry by itself: adjacent keys form stretches
 * of about {@value #KEYS} entries, and each stretch has a lower bound of the times at which its entries expire. An event moves
 * the time of its sequence onwards, which leaves the bound true; so only entries that are new, or that expire earlier than before, change
 * the index. A visit to a stretch that is due makes its bound exact again.
 *
 * <p>A stretch of which nothing is known yet is due at once. Whoever visits all stretches that are due has seen each entry that
 * was in the store when the index was created.
 *
 * <p>There are two kinds of expiry, each with a clock of its own: a sequence becomes idle, and what remains of an ended sequence
 * becomes obsolete. All times are milliseconds. Not thread-safe; belongs to a task.
 */
final class ExpiryIndex {
    /** The number of entries in a stretch. A visit reads so many; an index entry of some 250 bytes stands for so many. */
    static final int KEYS = 64;

    /** The time of an entry that never expires. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long AT_ONCE = Long.MIN_VALUE;

    private final TreeMap<Bytes, Stretch> byKey = new TreeMap<>();
    private final TreeSet<Stretch> byIdle = new TreeSet<>(
            Comparator.comparingLong((Stretch stretch) -> stretch.idleAt).thenComparing(stretch -> stretch.first));
    private final TreeSet<Stretch> byObsolete = new TreeSet<>(
            Comparator.comparingLong((Stretch stretch) -> stretch.obsoleteAt).thenComparing(stretch -> stretch.first));
    private final Stretch head = new Stretch(Bytes.wrap(new byte[0]), false, AT_ONCE, NEVER);
    private int unknown = 1; // stretches
    private Stretch visited; // null while no visit is under way
    private long soonestIdle = AT_ONCE;
    private long soonestObsolete = NEVER;

    /** The keys from one key up to the next stretch. */
    static final class Stretch {
        private final Bytes first;
        private boolean known; // false before all of it has been visited
        private int entries; // about; changes since the last split where it is not known
        private long idleAt; // no sequence in it becomes idle earlier
        private long obsoleteAt; // nothing in it becomes obsolete earlier

        private Stretch(Bytes first, boolean known, long idleAt, long obsoleteAt) {
            this.first = first;
            this.known = known;
            this.idleAt = idleAt;
            this.obsoleteAt = obsoleteAt;
        }

        /** The least key that can be in it. */
        Bytes first() {
            return first;
        }

        /** Returns whether all of its entries have been visited once. */
        boolean isKnown() {
            return known;
        }
    }

    ExpiryIndex() {
        byKey.put(head.first, head);
        byIdle.add(head);
    }

    /** Returns whether all entries of the store have been visited once. */
    boolean isComplete() {
        return unknown == 0;
    }

    /** Returns whether the entry of a key, if there is one, has been visited or was stored later. */
    boolean isKnown(Bytes key) {
        return isComplete() || of(key).known;
    }

    /** The least time at which a sequence can become idle, or {@link #NEVER}. */
    long idleAt() {
        return soonestIdle;
    }

    /** The least time at which something can become obsolete, or {@link #NEVER}. */
    long obsoleteAt() {
        return soonestObsolete;
    }

    /** The number of stretches. */
    int size() {
        return byKey.size();
    }

    private Stretch of(Bytes key) {
        return byKey.floorEntry(key).getValue();
    }

    /**
     * Takes note of an entry that was not in the store before, or that may expire earlier than before, or of any change as long as the index
     * is not complete.
     *
     * @param isNew whether the store had no entry of this key
     * @param idleAt the time at which it becomes idle, or {@link #NEVER}
     * @param obsoleteAt the time at which it becomes obsolete, or {@link #NEVER}
     */
    void put(Bytes key, boolean isNew, long idleAt, long obsoleteAt) {
        Stretch stretch = of(key);
        if (idleAt < stretch.idleAt || obsoleteAt < stretch.obsoleteAt) {
            bound(stretch, Math.min(idleAt, stretch.idleAt), Math.min(obsoleteAt, stretch.obsoleteAt));
        }
        if (isNew || !stretch.known) {
            stretch.entries++;
            // Where nothing is known, keys that are in the record cache form stretches: a range copies all that the
            // cache has in it.
            int most = stretch.known ? 2 * KEYS : KEYS;
            if (stretch.entries > most && !stretch.first.equals(key)) {
                split(stretch, key, stretch.entries / 2);
            }
        }
    }

    /** Takes note of an entry that is no longer in the store. */
    void remove(Bytes key) {
        Stretch stretch = of(key);
        if (!stretch.known) {
            return;
        }
        stretch.entries = Math.max(0, stretch.entries - 1);
        if (stretch.entries == 0 && stretch != visited) {
            joinPrevious(stretch);
        }
    }

    /** The stretch that has been due for the longest time by one of the clocks, or null. */
    Stretch due(long idleTime, long obsoleteTime) {
        if (soonestIdle <= idleTime) {
            return byIdle.first();
        }
        return soonestObsolete <= obsoleteTime ? byObsolete.first() : null;
    }

    /** Begins a visit, and returns the first key after a stretch, or null after the last stretch. */
    Bytes visit(Stretch stretch) {
        visited = stretch;
        return byKey.higherKey(stretch.first);
    }

    /**
     * Ends a visit to a stretch.
     *
     * @param to the first key that was not visited; null after a visit to the whole stretch
     * @param entries the number of entries in what was visited
     * @param idleAt the least time at which one of them becomes idle
     * @param obsoleteAt the least time at which one of them becomes obsolete
     */
    void endVisit(Bytes to, int entries, long idleAt, long obsoleteAt) {
        Stretch stretch = visited;
        visited = null;
        if (to != null) {
            split(stretch, to, Math.max(0, stretch.entries - entries));
        }
        if (!stretch.known) {
            stretch.known = true;
            unknown--;
        }
        stretch.entries = entries;
        bound(stretch, idleAt, obsoleteAt);
        Stretch previous = previous(stretch);
        if (previous != null && previous.known && previous.entries + entries <= KEYS) {
            joinPrevious(stretch);
        }
    }

    /** Forgets all bounds of a complete index in which nothing expires. */
    void clear() {
        byKey.clear();
        byIdle.clear();
        byObsolete.clear();
        soonest();
    }

    /** Makes a stretch of its own from a key on, with the same bounds. */
    private void split(Stretch stretch, Bytes at, int entriesBehind) {
        Stretch rest = new Stretch(at, stretch.known, stretch.idleAt, stretch.obsoleteAt);
        rest.entries = stretch.known ? entriesBehind : 0;
        stretch.entries = stretch.known ? stretch.entries - entriesBehind : 0;
        unknown += stretch.known ? 0 : 1;
        byKey.put(at, rest);
        index(rest);
    }

    /** Makes a stretch a part of the one before, unless that is unknown or does not exist. */
    private void joinPrevious(Stretch stretch) {
        Stretch previous = previous(stretch);
        if (previous == null || !previous.known) {
            return;
        }
        bound(previous, Math.min(previous.idleAt, stretch.idleAt), Math.min(previous.obsoleteAt, stretch.obsoleteAt));
        previous.entries += stretch.entries;
        unindex(stretch);
        byKey.remove(stretch.first);
        soonest();
    }

    private Stretch previous(Stretch stretch) {
        var entry = byKey.lowerEntry(stretch.first);
        return entry == null ? null : entry.getValue();
    }

    private void bound(Stretch stretch, long idleAt, long obsoleteAt) {
        unindex(stretch);
        stretch.idleAt = idleAt;
        stretch.obsoleteAt = obsoleteAt;
        index(stretch);
        soonest();
    }

    private void index(Stretch stretch) {
        if (stretch.idleAt != NEVER) {
            byIdle.add(stretch);
        }
        if (stretch.obsoleteAt != NEVER) {
            byObsolete.add(stretch);
        }
    }

    private void unindex(Stretch stretch) {
        byIdle.remove(stretch);
        byObsolete.remove(stretch);
    }

    private void soonest() {
        soonestIdle = byIdle.isEmpty() ? NEVER : byIdle.first().idleAt;
        soonestObsolete = byObsolete.isEmpty() ? NEVER : byObsolete.first().obsoleteAt;
    }
}

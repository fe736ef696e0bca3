package io.lstmstreams.topology;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An index of the times at which the entries of a store can expire. The index does not hold single entries: adjacent
 * keys form ranges of about {@value #KEYS} entries, and each range has a lower bound of the times at which its
 * entries expire. An event moves the expiry of its sequence later, which leaves the bound valid. So only entries that
 * are new, or that expire earlier than before, change the index. A visit to a range that is due makes its bound exact
 * again.
 *
 * <p>An unknown range, which was never visited, is due at once. Whoever visits all ranges that are due has seen each
 * entry that was in the store when the index was created.
 *
 * <p>There are two kinds of expiry, each with a clock of its own: a sequence becomes idle, and the event ids of an
 * ended sequence become obsolete. All times are milliseconds since the epoch. Not thread-safe.
 */
final class ExpiryIndex {
    /**
     * The number of entries in a range. A visit reads this many; an index entry of some 250 bytes stands for this
     * many.
     */
    static final int KEYS = 64;

    /** The time of an entry that never expires. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long AT_ONCE = Long.MIN_VALUE;

    private final TreeMap<Bytes, Range> byKey = new TreeMap<>();
    private final TreeSet<Range> byIdle = new TreeSet<>(
            Comparator.comparingLong((Range range) -> range.idleAt).thenComparing(range -> range.first));
    private final TreeSet<Range> byObsolete = new TreeSet<>(
            Comparator.comparingLong((Range range) -> range.obsoleteAt).thenComparing(range -> range.first));
    private final Range head = new Range(Bytes.wrap(new byte[0]), false, AT_ONCE, NEVER);
    private int unknownRanges = 1;
    private @Nullable Range visited; // null between visits
    private long soonestIdle = AT_ONCE;
    private long soonestObsolete = NEVER;

    /** The keys from one key up to the next range. */
    static final class Range {
        private final Bytes first;
        private boolean known; // false until the whole range has been visited
        private int entries; // approximate; in an unknown range, the number of changes since the last split
        private long idleAt; // no sequence in the range becomes idle earlier
        private long obsoleteAt; // nothing in the range becomes obsolete earlier

        private Range(Bytes first, boolean known, long idleAt, long obsoleteAt) {
            this.first = first;
            this.known = known;
            this.idleAt = idleAt;
            this.obsoleteAt = obsoleteAt;
        }

        /** Returns the smallest key that can be in the range. */
        Bytes first() {
            return first;
        }

        /** Returns whether all entries of the range have been visited. */
        boolean isKnown() {
            return known;
        }
    }

    ExpiryIndex() {
        byKey.put(head.first, head);
        byIdle.add(head);
    }

    /** Returns whether all entries of the store have been visited. */
    boolean isComplete() {
        return unknownRanges == 0;
    }

    /** Returns whether the entry of a key, if there is one, has been visited or was stored later. */
    boolean isKnown(Bytes key) {
        return isComplete() || of(key).known;
    }

    /** Returns a lower bound of the times at which a sequence becomes idle, or {@link #NEVER}. */
    long idleAt() {
        return soonestIdle;
    }

    /** Returns a lower bound of the times at which event ids become obsolete, or {@link #NEVER}. */
    long obsoleteAt() {
        return soonestObsolete;
    }

    /** Returns the number of ranges. */
    int size() {
        return byKey.size();
    }

    private Range of(Bytes key) {
        return byKey.floorEntry(key).getValue();
    }

    /**
     * Adds an entry that is new in the store, or that expires earlier than before. Until the index is complete,
     * called for every change.
     *
     * @param isNew true if the store had no entry of this key
     * @param idleAt the time at which the entry's sequence becomes idle, or {@link #NEVER}
     * @param obsoleteAt the time at which the entry's event ids become obsolete, or {@link #NEVER}
     */
    void put(Bytes key, boolean isNew, long idleAt, long obsoleteAt) {
        Range range = of(key);
        if (idleAt < range.idleAt || obsoleteAt < range.obsoleteAt) {
            bound(range, Math.min(idleAt, range.idleAt), Math.min(obsoleteAt, range.obsoleteAt));
        }
        if (isNew || !range.known) {
            range.entries++;
            // An unknown range is split by the keys that change, which are in the record cache: an iterator over a
            // range copies all keys that the cache has of it.
            int most = range.known ? 2 * KEYS : KEYS;
            if (range.entries > most && !range.first.equals(key)) {
                split(range, key, range.entries / 2);
            }
        }
    }

    /** Removes an entry that is no longer in the store. */
    void remove(Bytes key) {
        Range range = of(key);
        if (!range.known) {
            return;
        }
        range.entries = Math.max(0, range.entries - 1);
        if (range.entries == 0 && range != visited) {
            joinPrevious(range);
        }
    }

    /** Returns the range that has been due for the longest time by one of the clocks; null if none is due. */
    @Nullable
    Range due(long idleTime, long obsoleteTime) {
        if (soonestIdle <= idleTime) {
            return byIdle.first();
        }
        return soonestObsolete <= obsoleteTime ? byObsolete.first() : null;
    }

    /** Begins a visit to a range; returns the first key after it, or null for the last range. */
    @Nullable
    Bytes beginVisit(Range range) {
        visited = range;
        return byKey.higherKey(range.first);
    }

    /**
     * Ends the visit to a range.
     *
     * @param to the first key that was not visited; null after a visit to the whole range
     * @param entries the number of entries that were visited and have not expired
     * @param idleAt the earliest time at which one of them becomes idle
     * @param obsoleteAt the earliest time at which one of them becomes obsolete
     */
    void endVisit(@Nullable Bytes to, int entries, long idleAt, long obsoleteAt) {
        Range range = visited;
        if (range == null) {
            throw new IllegalStateException("no visit has begun");
        }
        visited = null;
        if (to != null) {
            split(range, to, Math.max(0, range.entries - entries));
        }
        if (!range.known) {
            range.known = true;
            unknownRanges--;
        }
        range.entries = entries;
        bound(range, idleAt, obsoleteAt);
        Range previous = previous(range);
        if (previous != null && previous.known && previous.entries + entries <= KEYS) {
            joinPrevious(range);
        }
    }

    /** Removes all ranges of a complete index in which nothing expires. */
    void clear() {
        byKey.clear();
        byIdle.clear();
        byObsolete.clear();
        updateSoonest();
    }

    /** Splits a range at a key, into two ranges with the same bounds. */
    private void split(Range range, Bytes at, int entriesBehind) {
        Range rest = new Range(at, range.known, range.idleAt, range.obsoleteAt);
        rest.entries = range.known ? entriesBehind : 0;
        range.entries = range.known ? range.entries - entriesBehind : 0;
        unknownRanges += range.known ? 0 : 1;
        byKey.put(at, rest);
        index(rest);
    }

    /** Joins a range to the one before it, unless that one is unknown or does not exist. */
    private void joinPrevious(Range range) {
        Range previous = previous(range);
        if (previous == null || !previous.known) {
            return;
        }
        bound(previous, Math.min(previous.idleAt, range.idleAt), Math.min(previous.obsoleteAt, range.obsoleteAt));
        previous.entries += range.entries;
        unindex(range);
        byKey.remove(range.first);
        updateSoonest();
    }

    private @Nullable Range previous(Range range) {
        Map.Entry<Bytes, Range> entry = byKey.lowerEntry(range.first);
        return entry == null ? null : entry.getValue();
    }

    private void bound(Range range, long idleAt, long obsoleteAt) {
        unindex(range);
        range.idleAt = idleAt;
        range.obsoleteAt = obsoleteAt;
        index(range);
        updateSoonest();
    }

    private void index(Range range) {
        if (range.idleAt != NEVER) {
            byIdle.add(range);
        }
        if (range.obsoleteAt != NEVER) {
            byObsolete.add(range);
        }
    }

    private void unindex(Range range) {
        byIdle.remove(range);
        byObsolete.remove(range);
    }

    private void updateSoonest() {
        soonestIdle = byIdle.isEmpty() ? NEVER : byIdle.first().idleAt;
        soonestObsolete = byObsolete.isEmpty() ? NEVER : byObsolete.first().obsoleteAt;
    }
}

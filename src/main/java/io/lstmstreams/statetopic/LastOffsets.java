package io.lstmstreams.statetopic;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where the last record of each key is, in two numbers a key: a table of the keys' hashes, 64 bits of SHA-256, of which no two
 * are the same in any number of keys that fits. Not thread-safe.
 */
final class LastOffsets {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final long FREE = 0;
    private static final long GONE = -1; // the place is taken, its key has no record

    private final MessageDigest digest;
    private long[] hashes = new long[FIRST_SLOTS];
    private long[] places = new long[FIRST_SLOTS]; // 1 + offset
    private int used;
    private long size;

    LastOffsets() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }

    private long hash(byte[] key) {
        return ByteBuffer.wrap(digest.digest(key)).getLong();
    }

    /** The keys that have a record. */
    long size() {
        return size;
    }

    /** How much room the table takes, for two numbers each. */
    int slots() {
        return hashes.length;
    }

    boolean contains(byte[] key) {
        return places[slot(hash(key))] > 0;
    }

    void put(byte[] key, long offset) {
        if (used >= hashes.length / 4 * 3) {
            grow();
        }
        set(hash(key), 1 + offset);
    }

    void remove(byte[] key) {
        long hash = hash(key);
        if (places[slot(hash)] > 0) {
            set(hash, GONE);
        }
    }

    /** Removes a key if its last record is at this offset, and says whether it was. */
    boolean take(byte[] key, long offset) {
        long hash = hash(key);
        boolean last = places[slot(hash)] == 1 + offset;
        if (last) {
            set(hash, GONE);
        }
        return last;
    }

    private int slot(long hash) {
        int slot = (int) hash & hashes.length - 1;
        while (places[slot] != FREE && hashes[slot] != hash) {
            slot = slot + 1 & hashes.length - 1;
        }
        return slot;
    }

    private void set(long hash, long place) {
        int slot = slot(hash);
        used += places[slot] == FREE ? 1 : 0;
        size += (place > 0 ? 1 : 0) - (places[slot] > 0 ? 1 : 0);
        hashes[slot] = hash;
        places[slot] = place;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldPlaces = places;
        int slots = Math.multiplyExact(size > used / 2 ? 2 : 1, hashes.length); // room enough, if many are gone
        hashes = new long[slots];
        places = new long[slots];
        used = 0;
        size = 0;
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldPlaces[i] > 0) {
                set(oldHashes[i], oldPlaces[i]);
            }
        }
    }
}

package io.lstmstreams.statetopic;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The offset of the last record of each key. A hash table with two numbers for each key: 64 bits of the key's SHA-256,
 * which differ for as many keys as fit into memory, and the offset. Not thread-safe.
 */
final class LastOffsets {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final long FREE = 0;
    private static final long REMOVED = -1; // the slot is taken, but its key has no record

    private final MessageDigest digest;
    private long[] hashes = new long[FIRST_SLOTS];
    private long[] entries = new long[FIRST_SLOTS]; // 1 + offset, FREE or REMOVED
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

    /** Returns the number of keys that have a record. */
    long size() {
        return size;
    }

    /** Returns the number of slots in the table, two numbers each. */
    int slots() {
        return hashes.length;
    }

    boolean contains(byte[] key) {
        return entries[slot(hash(key))] > 0;
    }

    void put(byte[] key, long offset) {
        if (used >= hashes.length / 4 * 3) {
            grow();
        }
        set(hash(key), 1 + offset);
    }

    void remove(byte[] key) {
        long hash = hash(key);
        if (entries[slot(hash)] > 0) {
            set(hash, REMOVED);
        }
    }

    /** Removes a key if its last record is at this offset, and returns whether it was removed. */
    boolean take(byte[] key, long offset) {
        long hash = hash(key);
        boolean last = entries[slot(hash)] == 1 + offset;
        if (last) {
            set(hash, REMOVED);
        }
        return last;
    }

    private int slot(long hash) {
        int slot = (int) hash & hashes.length - 1;
        while (entries[slot] != FREE && hashes[slot] != hash) {
            slot = slot + 1 & hashes.length - 1;
        }
        return slot;
    }

    private void set(long hash, long entry) {
        int slot = slot(hash);
        used += entries[slot] == FREE ? 1 : 0;
        size += (entry > 0 ? 1 : 0) - (entries[slot] > 0 ? 1 : 0);
        hashes[slot] = hash;
        entries[slot] = entry;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldEntries = entries;
        int slots = Math.multiplyExact(size > used / 2 ? 2 : 1, hashes.length); // large enough, if many were removed
        hashes = new long[slots];
        entries = new long[slots];
        used = 0;
        size = 0;
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldEntries[i] > 0) {
                set(oldHashes[i], oldEntries[i]);
            }
        }
    }
}

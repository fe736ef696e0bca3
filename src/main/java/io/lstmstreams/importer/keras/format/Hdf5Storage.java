package io.lstmstreams.importer.keras.format;

import io.jhdf.Superblock;
import io.jhdf.storage.HdfBackingStorage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * A file in the form in which jHDF reads it. Only slices of existing bytes are returned. The number of reads and bytes
 * is bounded by the file's size, so that a file whose parts refer to each other endlessly is refused.
 */
final class Hdf5Storage implements HdfBackingStorage {
    private static final int FREE_READS = 20_000;
    private static final long FREE_BYTES_READ = 1 << 24;
    private static final int BYTES_PER_READ = 8;
    private static final int TIMES_READ = 8;

    private final ByteBuffer bytes;
    private final Superblock superblock;
    private long reads;
    private long bytesRead;

    Hdf5Storage(ByteBuffer bytes, Superblock superblock) {
        this.bytes = bytes;
        this.superblock = superblock;
        this.reads = FREE_READS + (long) bytes.limit() / BYTES_PER_READ;
        this.bytesRead = FREE_BYTES_READ + (long) TIMES_READ * bytes.limit();
    }

    @Override
    public ByteBuffer readBufferFromAddress(long address, int length) {
        return mapNoOffset(address, length);
    }

    @Override
    public ByteBuffer map(long address, long length) {
        return mapNoOffset(address, length);
    }

    @Override
    public ByteBuffer mapNoOffset(long address, long length) {
        if (address < 0 || length < 0 || address > bytes.limit() - length) {
            throw new IllegalArgumentException(
                    "it refers to " + length + " bytes at " + address + ", but has only " + bytes.limit());
        }
        bytesRead -= length;
        if (--reads < 0 || bytesRead < 0) {
            throw new IllegalStateException("its parts refer to each other without end");
        }
        return bytes.slice((int) address, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long getUserBlockSize() {
        return 0;
    }

    @Override
    public Superblock getSuperblock() {
        return superblock;
    }

    @Override
    public FileChannel getFileChannel() {
        throw new UnsupportedOperationException("no channel");
    }

    @Override
    public int getSizeOfOffsets() {
        return superblock.getSizeOfOffsets();
    }

    @Override
    public int getSizeOfLengths() {
        return superblock.getSizeOfLengths();
    }

    @Override
    public void close() {
        // nothing is open
    }

    @Override
    public long size() {
        return bytes.limit();
    }

    @Override
    public boolean inMemory() {
        return true;
    }
}

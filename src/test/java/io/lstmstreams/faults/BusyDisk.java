package io.lstmstreams.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps the disk of a directory busy: writes and forces as fast as possible. */
final class BusyDisk {
    private static final int BLOCK = 4 << 20;
    private static final int FILE = 64 << 20;

    private BusyDisk() {}

    /**
     * Keeps the disk busy.
     *
     * @return the number of megabytes that were forced to disk
     */
    static long keepBusy(Path directory, long millis) throws IOException {
        Path file = Files.createTempFile(directory, "busy", ".tmp");
        long end = System.nanoTime() + millis * 1_000_000;
        long written = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            while (System.nanoTime() < end) {
                channel.write(block.clear(), written % FILE);
                channel.force(true);
                written += BLOCK;
            }
        } finally {
            Files.delete(file);
        }
        return written >> 20;
    }
}

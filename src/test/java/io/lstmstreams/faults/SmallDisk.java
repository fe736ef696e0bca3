package io.lstmstreams.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk of some megabytes that one process sees, and that disappears with the process: a file system in memory,
 * mounted in a name space of its own. Root may always mount one; other users need the right to have name spaces.
 */
final class SmallDisk {
    private static final int MEGABYTES = 32;
    private static final String BALLAST = "ballast";

    private final List<String> unshare;
    private Path seen; // the directory that the process sees; null before the start

    private SmallDisk(List<String> unshare) {
        this.unshare = unshare;
    }

    /** Returns a disk for a process; null if this machine does not allow it. */
    static SmallDisk create() throws IOException {
        Path probe = Files.createTempDirectory("lstm-streams-disk");
        try {
            for (List<String> unshare :
                    List.of(List.of("unshare", "--mount"), List.of("unshare", "--mount", "--map-root-user"))) {
                SmallDisk disk = new SmallDisk(unshare);
                List<String> command = disk.wrapper(probe);
                command.add("true");
                if (Signals.succeeds(command)) {
                    return disk;
                }
            }
            return null;
        } finally {
            Files.delete(probe);
        }
    }

    /** Returns the prefix of a command that must see the disk at a directory. */
    List<String> wrapper(Path directory) {
        seen = directory;
        List<String> wrapper = new ArrayList<>(unshare);
        wrapper.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + MEGABYTES + "m tmpfs \"$0\" && exec \"$@\"",
                directory.toString()));
        return wrapper;
    }

    private Path ballast(long pid) {
        return Path.of("/proc", Long.toString(pid), "root")
                .resolve(Path.of("/").relativize(seen))
                .resolve(BALLAST);
    }

    /**
     * Writes until the disk is full.
     *
     * @return whether the disk is full; false if writing failed for another reason
     */
    boolean fill(long pid) {
        long written = 0;
        try (OutputStream out = Files.newOutputStream(ballast(pid))) {
            byte[] block = new byte[512];
            while (written < (long) MEGABYTES << 20) { // more than fits, because the states use some of the disk
                out.write(block);
                written += block.length;
            }
            return false;
        } catch (IOException full) {
            return written > 0;
        }
    }

    /** Frees the disk; does nothing if the process, and with it the disk, has ended. */
    void free(long pid) {
        try {
            Files.deleteIfExists(ballast(pid));
        } catch (IOException gone) {
            // deleted with its process
        }
    }
}

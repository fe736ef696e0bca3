package io.lstmstreams.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk of some megabytes that one process sees, and that is gone with it: a file system in memory, mounted in a name space
 * of the process's own. Root may do that anywhere, others where the system lets them have name spaces.
 */
final class SmallDisk {
    private static final int MEGABYTES = 32;
    private static final String BALLAST = "ballast";

    private final List<String> unshare;
    private Path seen; // by the process; null before it is started

    private SmallDisk(List<String> unshare) {
        this.unshare = unshare;
    }

    /** One for a process; null if there can be none here. */
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

    /** What stands before a command that is to find the disk at a directory. */
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
     * Writes until nothing more fits.
     *
     * @return whether the disk was filled and not something else
     */
    boolean fill(long pid) {
        long written = 0;
        try (OutputStream out = Files.newOutputStream(ballast(pid))) {
            byte[] block = new byte[512];
            while (written < (long) MEGABYTES << 20) { // more than fits: the states take some of it
                out.write(block);
                written += block.length;
            }
            return false;
        } catch (IOException full) {
            return written > 0;
        }
    }

    /** Makes room again; nothing happens if the process, and with it the disk, is gone. */
    void free(long pid) {
        try {
            Files.deleteIfExists(ballast(pid));
        } catch (IOException gone) {
            // with its process
        }
    }
}

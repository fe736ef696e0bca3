package io.lstmstreams.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damages the files of a dead instance. */
final class StateDamage {
    private StateDamage() {}

    /** Returns whether files of state stores exist. */
    static boolean isPossible(Path directory) throws IOException {
        return !stores(directory).isEmpty();
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * Damages some files of about every second store, and of at least one.
     *
     * @return a description of the damage, for people
     */
    static String damage(Path directory, Random random) throws IOException {
        List<Path> stores = stores(directory);
        List<String> done = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            boolean last = i == stores.size() - 1;
            if (random.nextBoolean() || (last && done.isEmpty())) {
                List<Path> files = files(stores.get(i));
                int count = 1 + random.nextInt(2);
                for (int k = 0; k < count; k++) {
                    Path file = files.get(random.nextInt(files.size()));
                    done.add(damageFile(file, random) + " " + directory.relativize(file));
                }
            }
        }
        return String.join(", ", done);
    }

    private static String damageFile(Path file, Random random) throws IOException {
        if (!Files.exists(file)) {
            return "deleted";
        }
        long size = Files.size(file);
        int way = size == 0 ? 0 : random.nextInt(4);
        if (way == 0) {
            Files.delete(file);
            return "deleted";
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            if (way == 1) {
                bytes.setLength(0);
                return "emptied";
            }
            if (way == 2) {
                bytes.setLength(random.nextLong(size));
                return "truncated";
            }
            byte[] noise = new byte[(int) Math.min(size, 64)];
            random.nextBytes(noise);
            bytes.seek(random.nextLong(size - noise.length + 1));
            bytes.write(noise);
            return "overwritten in";
        }
    }

    /** Returns RocksDB's directories, which have a file CURRENT. */
    private static List<Path> stores(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("CURRENT"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        }
    }

    /** Returns the files of a store except its logs, and the checkpoint files beside it. */
    private static List<Path> files(Path store) throws IOException {
        Path task = store.getParent().getParent();
        try (Stream<Path> own = Files.list(store);
                Stream<Path> beside = Files.list(task)) {
            return Stream.concat(own, beside)
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().matches("LOG(\\.old.*)?|LOCK"))
                    .sorted()
                    .toList();
        }
    }
}

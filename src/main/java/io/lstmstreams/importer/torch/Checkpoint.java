package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.torch.format.PickledObject;
import io.lstmstreams.importer.torch.format.StoredTensor;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state_dict of a file, which may hold only the state_dict, or also an epoch, an optimizer's state and the like.
 *
 * @param path the keys that lead to the state_dict; empty if it is the whole file
 * @param tensors the tensors by name, in the file's order
 * @param ignored the names of entries that are not tensors
 */
record Checkpoint(String path, Map<String, StoredTensor> tensors, List<String> ignored) {
    private static final int MAX_DEPTH = 3;
    private static final int MAX_DICTIONARIES = 10_000;
    private static final Pattern RECURRENT =
            Pattern.compile("(?:.*\\.)?weight_(?:ih|hh)(?:_l\\d+)?(?:_reverse)?", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile("(?:.*\\.)?weight\\w*", Pattern.DOTALL);

    /** A dictionary and the keys that lead to it. */
    private record Candidate(String path, Map<?, ?> dictionary) {
        boolean has(Pattern name) {
            return dictionary.entrySet().stream()
                    .anyMatch(entry -> entry.getValue() instanceof StoredTensor
                            && entry.getKey() instanceof String key
                            && name.matcher(key).matches());
        }
    }

    static Checkpoint find(@Nullable Object root, String where) {
        if (!(root instanceof Map)) {
            throw new Unsupported(
                    where,
                    "contains " + kind(root)
                            + ", not a state_dict; save the model with torch.save(model.state_dict(), ...)");
        }
        List<Candidate> all = new ArrayList<>();
        collect("", root, 0, all);
        List<Candidate> fitting =
                all.stream().filter(candidate -> candidate.has(RECURRENT)).toList();
        if (fitting.isEmpty()) {
            fitting = all.stream()
                    .filter(candidate -> candidate.has(PARAMETER))
                    .limit(1)
                    .toList();
        }
        if (fitting.isEmpty()) {
            throw new Unsupported(where, "does not contain a state_dict (no tensor has a name like lstm.weight_ih_l0)");
        }
        if (fitting.size() > 1) {
            throw new Unsupported(
                    where,
                    "contains more than one state_dict, at "
                            + fitting.stream()
                                    .map(candidate -> candidate.path().isEmpty() ? "the top" : candidate.path())
                                    .collect(Collectors.joining(" and "))
                            + "; save one state_dict alone: torch.save(torch.load(...)"
                            + fitting.get(fitting.size() - 1).path() + ", ...)");
        }
        return of(fitting.get(0));
    }

    private static String kind(@Nullable Object root) {
        if (root instanceof PickledObject object) {
            return "an object of " + object.className();
        }
        return root instanceof StoredTensor ? "one tensor" : root instanceof List ? "a list" : "a single value";
    }

    private static void collect(String path, @Nullable Object value, int depth, List<Candidate> into) {
        if (!(value instanceof Map<?, ?> dictionary) || depth > MAX_DEPTH || into.size() > MAX_DICTIONARIES) {
            return;
        }
        if (into.stream().limit(100).anyMatch(candidate -> candidate.dictionary() == dictionary)) {
            return;
        }
        into.add(new Candidate(path, dictionary));
        dictionary.forEach((key, element) -> {
            if (key instanceof String name) {
                collect(path + "['" + name + "']", element, depth + 1, into);
            }
        });
    }

    private static Checkpoint of(Candidate candidate) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        List<String> ignored = new ArrayList<>();
        candidate.dictionary().forEach((key, value) -> {
            if (key instanceof String name && value instanceof StoredTensor tensor) {
                tensors.put(name, tensor);
            } else {
                ignored.add(key instanceof String name ? name : "a key that is not a string");
            }
        });
        return new Checkpoint(candidate.path(), tensors, ignored);
    }
}

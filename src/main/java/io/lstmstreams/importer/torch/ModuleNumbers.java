package io.lstmstreams.importer.torch;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The order of modules whose names differ only in numbers, such as {@code fc}, {@code fc2} or {@code cells.0}. */
final class ModuleNumbers {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int MAX_DIGITS = 9;

    /** Compares names as text, but numbers in them as numbers: fc2 before fc10. */
    static final Comparator<String> NATURAL = Comparator.comparing(ModuleNumbers::padded);

    private ModuleNumbers() {}

    private static String padded(String name) {
        return NUMBER.matcher(name)
                .replaceAll(match ->
                        "0".repeat(Math.max(0, MAX_DIGITS - match.group().length())) + match.group());
    }

    /**
     * Returns the member of an {@code nn.Sequential} before a layer if it has no parameters, such as an activation or a
     * Dropout, or null: the module {@code fc.3} shows that there is a {@code fc.2}.
     *
     * @param modules all modules with parameters
     */
    static @Nullable String memberWithoutParameters(String module, Collection<String> modules) {
        String parent = module.substring(0, module.lastIndexOf('.') + 1);
        String number = module.substring(parent.length());
        if (!number.matches("[1-9]\\d{0,8}")) {
            return null;
        }
        String before = parent + (Integer.parseInt(number) - 1);
        return modules.stream().anyMatch(other -> other.equals(before) || other.startsWith(before + "."))
                ? null
                : before;
    }

    /** Returns, for each layer, the layers whose names have the same text and the next smaller numbers. */
    static List<BitSet> before(List<StoredLayer> storedLayers, boolean numbered) {
        Map<String, TreeMap<String, BitSet>> series = new HashMap<>();
        for (int i = 0; i < storedLayers.size() && numbered; i++) {
            String module = storedLayers.get(i).module();
            series.computeIfAbsent(NUMBER.matcher(module).replaceAll(""), text -> new TreeMap<>())
                    .computeIfAbsent(padded(module), name -> new BitSet())
                    .set(i);
        }
        List<BitSet> before = new ArrayList<>();
        for (StoredLayer stored : storedLayers) {
            TreeMap<String, BitSet> names =
                    series.get(NUMBER.matcher(stored.module()).replaceAll(""));
            Map.Entry<String, BitSet> lower = names == null ? null : names.lowerEntry(padded(stored.module()));
            before.add(lower == null ? new BitSet() : lower.getValue());
        }
        return before;
    }
}

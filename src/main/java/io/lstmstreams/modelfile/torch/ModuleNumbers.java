package io.lstmstreams.modelfile.torch;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that differ only in numbers, such as {@code fc1} and {@code fc2} or {@code cells.0} and {@code cells.1}, have an order. */
final class ModuleNumbers {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int MAX_DIGITS = 9;

    /** By text with numbers compared as such: fc2 before fc10. */
    static final Comparator<String> NATURAL = Comparator.comparing(ModuleNumbers::padded);

    private ModuleNumbers() {}

    private static String padded(String name) {
        return NUMBER.matcher(name).replaceAll(match -> "0".repeat(
                        Math.max(0, MAX_DIGITS - match.group().length()))
                + match.group());
    }

    /** For each block those whose names have the same text and smaller numbers. */
    static List<BitSet> before(List<Block> blocks, boolean numbered) {
        List<String> texts = new ArrayList<>();
        List<String> padded = new ArrayList<>();
        for (Block block : blocks) {
            Matcher numbers = NUMBER.matcher(block.module());
            texts.add(numbers.replaceAll("#"));
            padded.add(padded(block.module()));
        }
        List<BitSet> before = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            BitSet earlier = new BitSet();
            for (int j = 0; j < blocks.size() && numbered; j++) {
                if (texts.get(i).equals(texts.get(j)) && padded.get(j).compareTo(padded.get(i)) < 0) {
                    earlier.set(j);
                }
            }
            before.add(earlier);
        }
        return before;
    }
}

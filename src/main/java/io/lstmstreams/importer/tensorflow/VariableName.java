package io.lstmstreams.importer.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a variable in one spelling for all releases of TensorFlow: scopes in snake case ({@code
 * MultiRNNCell/Cell0/BasicLSTMCell} is {@code multi_rnn_cell/cell_0/basic_lstm_cell}), and {@code kernel} and {@code
 * bias} for {@code weights} and {@code biases} before 1.2, {@code Linear/Matrix} and {@code Linear/Bias} before 1.0,
 * and {@code W}, {@code softmax_w} or {@code b_out} in users' programs.
 *
 * @param scope all parts except the last, joined by slashes
 * @param leaf the last part
 */
record VariableName(String scope, String leaf) implements Comparable<VariableName> {
    private static final int MAX_PARTS = 100;
    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Pattern CELL_NUMBER = Pattern.compile("cell(\\d+)");
    private static final Pattern SUFFIXED = Pattern.compile("(.+)_(w|b|weights?|bias(?:es)?|kernel)");
    private static final Pattern PREFIXED = Pattern.compile("(w|b|weights?|bias(?:es)?|kernel)(?:_(.+)|(\\d+))");
    private static final Pattern DIAGONAL = Pattern.compile("w_[fio]_diag");
    private static final Pattern GRU_BLOCK = Pattern.compile("[wb]_(ru|c)");
    private static final Pattern NUMBERED = Pattern.compile("(.*?)[_-]?(\\d{1,9})");

    static VariableName of(String name) {
        String[] split = name.replaceAll(":0$", "").split("/", MAX_PARTS);
        List<String> parts = new ArrayList<>();
        for (String part : split) {
            parts.add(snakeCase(part));
        }
        if (parts.size() > 1 && parts.get(parts.size() - 1).equals("part_0")) {
            parts.remove(parts.size()
                    - 1); // the only part of an unpartitioned variable; of several parts, the others are refused
        }
        String leaf = parts.remove(parts.size() - 1);
        if (!parts.isEmpty() && parts.get(parts.size() - 1).equals("linear") && leaf.matches("matrix|bias")) {
            parts.remove(parts.size() - 1);
        }
        String cell = parts.isEmpty() ? "" : parts.get(parts.size() - 1);
        if (cell.equals("lstm_cell") && leaf.equals("w_p_0")) {
            return new VariableName(String.join("/", parts) + "/projection", "kernel");
        }
        if (cell.equals("lstm_cell") && leaf.equals("w_0")) {
            return new VariableName(String.join("/", parts), "kernel");
        }
        return leafOf(parts, leaf);
    }

    private static VariableName leafOf(List<String> parts, String leaf) {
        String part = leaf;
        if (!DIAGONAL.matcher(leaf).matches()
                && !GRU_BLOCK.matcher(leaf).matches()
                && !leaf.equals("recurrent_kernel")) {
            Matcher suffixed = SUFFIXED.matcher(leaf);
            Matcher prefixed = PREFIXED.matcher(leaf);
            if (suffixed.matches()) {
                parts.add(suffixed.group(1));
                part = suffixed.group(2);
            } else if (prefixed.matches()) {
                parts.add(prefixed.group(2) == null ? prefixed.group(3) : prefixed.group(2));
                part = prefixed.group(1);
            }
        }
        String canonical = switch (part) {
            case "w", "weight", "weights", "matrix" -> "kernel";
            case "b", "biases" -> "bias";
            default -> part;
        };
        return new VariableName(String.join("/", parts), canonical);
    }

    private static String snakeCase(String part) {
        String snake =
                WORD_END.matcher(part).replaceAll("_").toLowerCase(Locale.ROOT).replaceAll("__+", "_");
        Matcher cell = CELL_NUMBER.matcher(snake);
        return cell.matches() ? "cell_" + cell.group(1) : snake;
    }

    /** Returns the last part of the scope, or an empty text. */
    String lastScope() {
        return last(scope);
    }

    static String last(String scope) {
        return scope.substring(scope.lastIndexOf('/') + 1);
    }

    /** Returns the scope around a scope; empty for an outermost scope. */
    static String parent(String scope) {
        int slash = scope.lastIndexOf('/');
        return slash < 0 ? "" : scope.substring(0, slash);
    }

    /** Returns the name of a variable below a scope. */
    static String join(String scope, String rest) {
        return scope.isEmpty() ? rest : scope + "/" + rest;
    }

    /** Compares names in TensorFlow's order of numbers: {@code lstm}, {@code lstm_1}, ... {@code lstm_10}. */
    @Override
    public int compareTo(VariableName other) {
        return compare(toString(), other.toString());
    }

    static int compare(String a, String b) {
        String[] left = a.split("/", MAX_PARTS);
        String[] right = b.split("/", MAX_PARTS);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = comparePart(left[i], right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    private static int comparePart(String a, String b) {
        Matcher left = NUMBERED.matcher(a);
        Matcher right = NUMBERED.matcher(b);
        boolean leftNumbered = left.matches();
        boolean rightNumbered = right.matches();
        int order = (leftNumbered ? left.group(1) : a).compareTo(rightNumbered ? right.group(1) : b);
        return order != 0
                ? order
                : Integer.compare(
                        leftNumbered ? Integer.parseInt(left.group(2)) : -1,
                        rightNumbered ? Integer.parseInt(right.group(2)) : -1);
    }

    @Override
    public String toString() {
        return join(scope, leaf);
    }
}

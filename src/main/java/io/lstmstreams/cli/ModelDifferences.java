package io.lstmstreams.cli;

import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.Readable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The differences between two models, as lines for people. */
final class ModelDifferences {
    private static final int SHOWN = 5; // events

    private ModelDifferences() {}

    /** Returns one or two lines for each difference; one line that says so if there is none. */
    static List<String> lines(Model model, Model active) {
        List<String> lines = new ArrayList<>();
        Map<String, String> rows = new ModelDescription(model).rows();
        Map<String, String> before = new ModelDescription(active).rows();
        rows.forEach((name, row) -> {
            String other = before.getOrDefault(name, "none");
            if (!row.equals(other)) {
                lines.add("%-12s %s".formatted(name, row));
                lines.add("%-12s %s".formatted("  before", other));
            }
        });
        before.forEach((name, row) -> {
            if (!rows.containsKey(name)) {
                lines.add("%-12s %s".formatted(name, "none"));
                lines.add("%-12s %s".formatted("  before", row));
            }
        });
        lines.addAll(events(model.vocabulary().symbols(), active.vocabulary().symbols()));
        if (lines.isEmpty()) {
            boolean same =
                    model.network().fingerprintHex().equals(active.network().fingerprintHex());
            lines.add(same ? "nothing differs" : "only the weights differ");
        }
        return lines;
    }

    private static List<String> events(List<String> symbols, List<String> before) {
        List<String> lines = new ArrayList<>();
        List<String> added =
                symbols.stream().filter(symbol -> !before.contains(symbol)).toList();
        List<String> removed =
                before.stream().filter(symbol -> !symbols.contains(symbol)).toList();
        long moved = symbols.stream()
                .filter(symbol -> before.contains(symbol) && before.indexOf(symbol) != symbols.indexOf(symbol))
                .count();
        if (!added.isEmpty()) {
            lines.add("%-12s %s".formatted("new", list(added)));
        }
        if (!removed.isEmpty()) {
            lines.add("%-12s %s: their records become dead letters, unless lstm.unknown.event says otherwise"
                    .formatted("removed", list(removed)));
        }
        if (moved > 0) {
            lines.add("%-12s %s: records that hold the index must follow"
                    .formatted("other index", Readable.count(moved, "event")));
        }
        return lines;
    }

    private static String list(List<String> symbols) {
        String first = Terminal.plain(String.join(" ", symbols.subList(0, Math.min(SHOWN, symbols.size()))));
        return symbols.size() > SHOWN ? first + " ... (" + Readable.count(symbols.size(), "event") + ")" : first;
    }
}

package io.lstmstreams.demo;

import io.lstmstreams.recurrent.Readable;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The summary of the demo: events, anomalies, and how many of the injected faults were found. */
final class DemoSummary {
    private final EventNames names;

    DemoSummary(EventNames names) {
        this.names = names;
    }

    /** @param screen the size of the terminal that shows the anomalies already; null if there is none */
    void print(PrintStream out, ResultWatcher results, Tally tally, @Nullable ScreenSize screen) {
        out.println();
        if (screen == null) {
            results.latest().forEach(anomaly -> out.println(Picture.plain(anomaly, names)));
        }
        out.printf(
                Locale.ROOT,
                "%s in %.0f s (%,.0f events/s), each processed exactly once%n",
                Readable.count(results.events(), "event"),
                results.seconds(),
                results.events() / Math.max(1e-3, results.seconds()));
        out.printf(
                Locale.ROOT,
                "%s ended, %,d of them anomalous%n",
                Readable.count(tally.verdicts(), "sequence"),
                tally.anomalous());
        if (results.refused() > 0) {
            out.println(refusals(results));
        }
        if (tally.knowsFaults()) {
            printFaults(out, tally, screen != null && screen.columns() < ScreenSize.USUAL.columns());
        }
    }

    /** Returns the number of refused events and the reason of the first. */
    static String refusals(ResultWatcher results) {
        return Readable.count(results.refused(), "event") + " could not be processed, the first: "
                + results.firstRefusal();
    }

    private static void printFaults(PrintStream out, Tally tally, boolean narrow) {
        String line = narrow ? "%s%n  %,d of %s%n" : "%-38s %,5d of %s%n";
        out.printf(
                Locale.ROOT,
                line,
                "injected faults found",
                tally.flaggedWithFault(),
                ofAll(tally.flaggedWithFault(), tally.endedWithFault(), ""));
        for (Fault fault : Fault.INJECTED) {
            out.printf(
                    Locale.ROOT,
                    line,
                    (narrow ? "" : "  ") + fault.description(),
                    tally.flagged(fault),
                    String.format(Locale.ROOT, "%,d", tally.ended(fault)));
        }
        out.printf(
                Locale.ROOT,
                line,
                "false alarms",
                tally.flagged(Fault.NONE),
                ofAll(tally.flagged(Fault.NONE), tally.ended(Fault.NONE), "normal sequence"));
    }

    private static String ofAll(int part, int whole, String noun) {
        String all = noun.isEmpty() ? String.format(Locale.ROOT, "%,d", whole) : Readable.count(whole, noun);
        return all + " (" + share(part, whole) + ")";
    }

    private static String share(int part, int whole) {
        return whole == 0 ? "none" : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / whole);
    }
}

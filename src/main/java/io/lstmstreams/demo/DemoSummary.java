package io.lstmstreams.demo;

import java.io.PrintStream;
import java.util.Locale;

/** The summary of the demo: events, anomalies, and how many of the injected faults were found. */
final class DemoSummary {
    private final EventNames names;

    DemoSummary(EventNames names) {
        this.names = names;
    }

    void print(PrintStream out, ResultWatcher results, Tally tally, boolean withAnomalies) {
        out.println();
        if (withAnomalies) {
            results.latest().forEach(anomaly -> out.println(Picture.plain(anomaly, names)));
        }
        out.printf(
                Locale.ROOT,
                "%,d events in %.0f s (%,.0f events/s), each processed exactly once%n"
                        + "%,d sequences ended, %,d of them anomalous%n",
                results.events(),
                results.seconds(),
                results.events() / Math.max(1e-3, results.seconds()),
                tally.verdicts(),
                tally.anomalous());
        if (results.refused() > 0) {
            out.println(refusals(results));
        }
        if (tally.knowsFaults()) {
            printFaults(out, tally);
        }
    }

    /** Returns the number of refused events and the reason of the first. */
    static String refusals(ResultWatcher results) {
        return String.format(
                Locale.ROOT,
                "%,d events could not be processed, the first: %s",
                results.refused(),
                results.firstRefusal());
    }

    private static void printFaults(PrintStream out, Tally tally) {
        out.printf(
                Locale.ROOT,
                "injected faults found                  %,5d of %,d (%s)%n",
                tally.flaggedWithFault(),
                tally.endedWithFault(),
                share(tally.flaggedWithFault(), tally.endedWithFault()));
        for (Fault fault : Fault.INJECTED) {
            out.printf(
                    Locale.ROOT,
                    "  %-36s %,5d of %,d%n",
                    fault.description(),
                    tally.flagged(fault),
                    tally.ended(fault));
        }
        out.printf(
                Locale.ROOT,
                "false alarms                           %,5d of %,d normal sequences (%s)%n",
                tally.flagged(Fault.NONE),
                tally.ended(Fault.NONE),
                share(tally.flagged(Fault.NONE), tally.ended(Fault.NONE)));
    }

    private static String share(int part, int whole) {
        return whole == 0 ? "none" : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / whole);
    }
}

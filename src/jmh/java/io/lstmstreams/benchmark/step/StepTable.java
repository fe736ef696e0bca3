package io.lstmstreams.benchmark.step;

import io.lstmstreams.benchmark.Machine;
import io.lstmstreams.benchmark.Settings;
import io.lstmstreams.kernel.Kernels;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A program that runs {@link StepBenchmark} and prints one Markdown table: a row for each shape and a column for each
 * implementation. A cell holds the microseconds of a step of one sequence, the ratio to the peer's time (a single step
 * to its single step, a batch to its batch of 16), and the bytes allocated. Times are those of the fastest iteration,
 * because other work on the machine only adds to them.
 *
 * <p>Arguments, all optional: {@code shapes=100->128,1000->512 kernels=vector,scalar seconds=0.25 iterations=6
 * warmUp=3}. On a busy machine, use more seconds of warm-up until nothing is allocated.
 */
public final class StepTable {
    private static final String SHAPES = "28->2x64,100->128,1000->256,1000->512,1000->1024";
    private static final String PEER = "ONNX Runtime";
    private static final String PEER_ARRAYS = "ONNX Runtime, arrays";
    private static final String PEER_BATCH = "ONNX Runtime, 16 at once";

    private final Map<String, Map<String, Cell>> rows = new TreeMap<>();

    private record Cell(double microseconds, double bytes) {}

    private StepTable() {}

    /** Runs the benchmark. */
    public static void main(String[] args) throws Exception {
        String all = String.join(
                ",",
                Kernels.names().stream().filter(name -> !name.equals("auto")).toList());
        Settings settings = Settings.of(
                Map.of("shapes", SHAPES, "kernels", all, "seconds", "0.25", "iterations", "6", "warmUp", "3"), args);
        List<String> shapes = settings.texts("shapes");
        List<String> kernels = settings.texts("kernels");
        StepTable table = new StepTable();
        table.add(new Runner(options(settings, shapes, kernels)).run());
        System.out.println();
        System.out.println(
                Machine.header("mvn -q -Pbenchmark test-compile exec:exec -Dbenchmark=step.StepTable -Dargs='"
                        + String.join(" ", args) + "'"));
        System.out.println();
        table.print(shapes, kernels);
    }

    private static Options options(Settings settings, List<String> shapes, List<String> kernels) {
        TimeValue time = TimeValue.nanoseconds(settings.nanoseconds("seconds"));
        int iterations = settings.number("iterations");
        return new OptionsBuilder()
                .include("\\." + StepBenchmark.class.getSimpleName() + "\\.")
                .param("shape", shapes.toArray(String[]::new))
                .param("kernel", kernels.toArray(String[]::new))
                .warmupTime(TimeValue.seconds(1))
                .warmupIterations(settings.number("warmUp"))
                .measurementTime(time)
                .measurementIterations(iterations)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
    }

    private void add(Collection<RunResult> results) {
        for (RunResult result : results) {
            String kernel = result.getParams().getParam("kernel");
            String method = result.getParams().getBenchmark();
            String implementation = implementation(method.substring(method.lastIndexOf('.') + 1), kernel);
            Result<?> bytes = result.getSecondaryResults().entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            rows.computeIfAbsent(result.getParams().getParam("shape"), shape -> new TreeMap<>())
                    .put(
                            implementation,
                            new Cell(result.getPrimaryResult().getStatistics().getMin(), bytes.getScore()));
        }
    }

    private static String implementation(String method, String kernel) {
        return switch (method) {
            case "one" -> kernel;
            case "eight" -> kernel + ", 8 at once";
            case "sixteen" -> kernel + ", 16 at once";
            case "peer" -> PEER;
            case "peerWithArrays" -> PEER_ARRAYS;
            case "peerSixteen" -> PEER_BATCH;
            default -> throw new IllegalStateException(method);
        };
    }

    private void print(List<String> shapes, List<String> kernels) {
        Set<String> implementations = new LinkedHashSet<>(kernels);
        implementations.add(PEER);
        implementations.add(PEER_ARRAYS);
        kernels.forEach(kernel -> implementations.add(kernel + ", 8 at once"));
        kernels.forEach(kernel -> implementations.add(kernel + ", 16 at once"));
        implementations.add(PEER_BATCH);
        System.out.println(
                "Microseconds per step and sequence (times as fast as ONNX Runtime), bytes allocated per step");
        System.out.println();
        System.out.println("| symbols -> units | " + String.join(" | ", implementations) + " |");
        System.out.println("|---" + "|---".repeat(implementations.size()) + "|");
        for (String shape : shapes) {
            StringBuilder line = new StringBuilder("| " + shape);
            for (String implementation : implementations) {
                line.append(" | ").append(cell(rows.get(shape), implementation));
            }
            System.out.println(line.append(" |"));
        }
    }

    private static String cell(Map<String, Cell> row, String implementation) {
        Cell cell = row.get(implementation);
        Cell peer = row.get(implementation.endsWith("at once") ? PEER_BATCH : PEER);
        return String.format(
                Locale.ROOT,
                "%s (%.1f), %.0f",
                threeDigits(cell.microseconds),
                peer.microseconds / cell.microseconds,
                cell.bytes);
    }

    private static String threeDigits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}

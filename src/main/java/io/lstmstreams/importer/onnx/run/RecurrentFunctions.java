package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The operators LSTM, GRU and RNN by their equations in onnx/docs/Operators.md. */
final class RecurrentFunctions {
    private RecurrentFunctions() {}

    static Map<String, NodeFunction> all() {
        return Map.of(
                "LSTM", call -> new Run(call, 4, List.of("sigmoid", "tanh", "tanh")).outputs(),
                "GRU", call -> new Run(call, 3, List.of("sigmoid", "tanh")).outputs(),
                "RNN", call -> new Run(call, 1, List.of("tanh")).outputs());
    }

    /** One evaluation of a node. */
    private static final class Run {
        private final NodeCall call;
        private final int gates;
        private final List<DoubleUnaryOperator> functions = new ArrayList<>();
        private final NdArray x; // [steps, batch, inputs]
        private final int steps;
        private final int batch;
        private final int units;
        private final int directions;
        private final double clip;

        Run(NodeCall call, int gates, List<String> usual) {
            this.call = call;
            this.gates = gates;
            this.x = batchFirst() ? call.input(0).transposed(1, 0, 2) : call.input(0);
            this.steps = x.dim(0);
            this.batch = x.dim(1);
            this.directions = call.input(1).dim(0);
            this.units = call.input(2).dim(2);
            this.clip = call.number("clip", Double.POSITIVE_INFINITY);
            functions(usual);
        }

        private boolean batchFirst() {
            return call.integer("layout", 0) != 0;
        }

        private void functions(List<String> usual) {
            OnnxAttribute stated = call.attribute("activations");
            List<String> names = stated == null ? usual : stated.texts();
            OnnxAttribute alphas = call.attribute("activation_alpha");
            OnnxAttribute betas = call.attribute("activation_beta");
            int alphaAt = 0;
            int betaAt = 0;
            for (int i = 0; i < usual.size() * directions; i++) {
                String name = names.get(i % names.size()).toLowerCase(Locale.ROOT);
                double alpha = usualAlpha(name);
                double beta = usualBeta(name);
                if (!Double.isNaN(alpha) && alphas != null && alphaAt < alphas.numbers().length) {
                    alpha = alphas.numbers()[alphaAt++];
                }
                if (!Double.isNaN(beta) && betas != null && betaAt < betas.numbers().length) {
                    beta = betas.numbers()[betaAt++];
                }
                functions.add(function(name, alpha, beta));
            }
        }

        private static double usualAlpha(String name) {
            return switch (name) {
                case "leakyrelu" -> 0.01;
                case "hardsigmoid" -> 0.2;
                case "thresholdedrelu", "scaledtanh", "elu", "affine" -> 1;
                default -> Double.NaN;
            };
        }

        private static double usualBeta(String name) {
            return switch (name) {
                case "hardsigmoid" -> 0.5;
                case "scaledtanh" -> 1;
                case "affine" -> 0;
                default -> Double.NaN;
            };
        }

        private static DoubleUnaryOperator function(String name, double alpha, double beta) {
            return switch (name) {
                case "relu" -> a -> Math.max(0, a);
                case "tanh" -> Math::tanh;
                case "sigmoid" -> ElementFunctions::sigmoid;
                case "affine" -> a -> alpha * a + beta;
                case "leakyrelu" -> ElementFunctions.leaky(alpha);
                case "thresholdedrelu" -> a -> a >= alpha ? a : 0;
                case "scaledtanh" -> a -> alpha * Math.tanh(beta * a);
                case "hardsigmoid" -> a -> Math.max(0, Math.min(1, alpha * a + beta));
                case "elu" -> ElementFunctions.elu(alpha);
                case "softsign" -> a -> a / (1 + Math.abs(a));
                case "softplus" -> ElementFunctions::softplus;
                default -> throw new IllegalArgumentException("the activation " + name + " is not supported");
            };
        }

        List<NdArray> outputs() {
            double[] all = new double[steps * directions * batch * units];
            double[] lastH = initial(5);
            double[] lastC = initial(6);
            for (int direction = 0; direction < directions; direction++) {
                for (int sequence = 0; sequence < batch; sequence++) {
                    run(direction, sequence, lastH, lastC, all);
                }
            }
            int[] state = {directions, batch, units};
            NdArray y = new NdArray(x.type(), new int[] {steps, directions, batch, units}, all);
            NdArray h = new NdArray(x.type(), state, lastH);
            NdArray c = new NdArray(x.type(), state, lastC);
            if (batchFirst()) {
                y = y.transposed(2, 0, 1, 3);
                h = h.transposed(1, 0, 2);
                c = c.transposed(1, 0, 2);
            }
            return gates == 4 ? List.of(y, h, c) : List.of(y, h);
        }

        /** Returns the state before the first step, [directions, batch, units]. */
        private double[] initial(int position) {
            if (!call.has(position)) {
                return new double[directions * batch * units];
            }
            NdArray state = call.input(position);
            return (batchFirst() ? state.transposed(1, 0, 2) : state).values();
        }

        private void run(int direction, int sequence, double[] lastH, double[] lastC, double[] all) {
            int at = (direction * batch + sequence) * units;
            double[] h = Arrays.copyOfRange(lastH, at, at + units);
            double[] c = Arrays.copyOfRange(lastC, at, at + units);
            int length = call.has(4) ? (int) call.input(4).value(sequence) : steps;
            boolean backwards =
                    direction == 1 || call.text("direction", "forward").equals("reverse");
            for (int i = 0; i < length; i++) {
                int step = backwards ? length - 1 - i : i;
                switch (gates) {
                    case 4 -> lstm(direction, step, sequence, h, c);
                    case 3 -> gru(direction, step, sequence, h);
                    default -> rnn(direction, step, sequence, h);
                }
                System.arraycopy(h, 0, all, ((step * directions + direction) * batch + sequence) * units, units);
            }
            System.arraycopy(h, 0, lastH, at, units);
            System.arraycopy(c, 0, lastC, at, units);
        }

        private double activate(int direction, int which, double a) {
            DoubleUnaryOperator function = functions.get(direction * (functions.size() / directions) + which);
            return function.applyAsDouble(Math.max(-clip, Math.min(clip, a)));
        }

        /** Returns W x + its bias at a row. */
        private double ofInput(int direction, int step, int sequence, int row) {
            int inputs = x.dim(2);
            double sum = bias(direction, row);
            for (int k = 0; k < inputs; k++) {
                double weight = call.input(1).value((direction * gates * units + row) * inputs + k);
                sum += weight * x.value((step * batch + sequence) * inputs + k);
            }
            return sum;
        }

        /** Returns R h without a bias at a row. */
        private double ofState(int direction, int row, double... h) {
            double sum = 0;
            for (int k = 0; k < units; k++) {
                sum += call.input(2).value((direction * gates * units + row) * units + k) * h[k];
            }
            return sum;
        }

        private double bias(int direction, int row) {
            return call.has(3) ? call.input(3).value(direction * 2 * gates * units + row) : 0;
        }

        private double stateBias(int direction, int row) {
            return bias(direction, gates * units + row);
        }

        private double gate(int direction, int step, int sequence, int row, double... h) {
            return ofInput(direction, step, sequence, row) + ofState(direction, row, h) + stateBias(direction, row);
        }

        private double peephole(int direction, int gate, int unit) {
            return call.has(7) ? call.input(7).value((direction * 3 + gate) * units + unit) : 0;
        }

        /** Rows are i, o, f, c; peepholes i, o, f. */
        private void lstm(int direction, int step, int sequence, double[] h, double[] c) {
            double[] before = h.clone();
            for (int unit = 0; unit < units; unit++) {
                double input = gate(direction, step, sequence, unit, before) + peephole(direction, 0, unit) * c[unit];
                double forget = gate(direction, step, sequence, 2 * units + unit, before)
                        + peephole(direction, 2, unit) * c[unit];
                double i = activate(direction, 0, input);
                double f = call.integer("input_forget", 0) != 0 ? 1 - i : activate(direction, 0, forget);
                double candidate = activate(direction, 1, gate(direction, step, sequence, 3 * units + unit, before));
                c[unit] = f * c[unit] + i * candidate;
                double output =
                        gate(direction, step, sequence, units + unit, before) + peephole(direction, 1, unit) * c[unit];
                h[unit] = activate(direction, 0, output) * activateState(direction, c[unit]);
            }
        }

        private double activateState(int direction, double c) {
            return functions
                    .get(direction * (functions.size() / directions) + 2)
                    .applyAsDouble(c);
        }

        /** Rows are z, r, h. */
        private void gru(int direction, int step, int sequence, double[] h) {
            double[] before = h.clone();
            double[] reset = new double[units];
            double[] resetState = new double[units];
            for (int unit = 0; unit < units; unit++) {
                reset[unit] = activate(direction, 0, gate(direction, step, sequence, units + unit, before));
                resetState[unit] = reset[unit] * before[unit];
            }
            boolean after = call.integer("linear_before_reset", 0) != 0;
            for (int unit = 0; unit < units; unit++) {
                int row = 2 * units + unit;
                double state = after
                        ? reset[unit] * (ofState(direction, row, before) + stateBias(direction, row))
                        : ofState(direction, row, resetState) + stateBias(direction, row);
                double candidate = activate(direction, 1, ofInput(direction, step, sequence, row) + state);
                double update = activate(direction, 0, gate(direction, step, sequence, unit, before));
                h[unit] = (1 - update) * candidate + update * before[unit];
            }
        }

        private void rnn(int direction, int step, int sequence, double[] h) {
            double[] before = h.clone();
            for (int unit = 0; unit < units; unit++) {
                h[unit] = activate(direction, 0, gate(direction, step, sequence, unit, before));
            }
        }
    }
}

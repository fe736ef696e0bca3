package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises one step of an LSTM, GRU or simple RNN that is written out in products, sums and activations. Exporters
 * write out cells that have no operator.
 */
final class CellPatterns {
    private static final Weights MINUS_ONE = Weights.filled(1, -1);
    private static final Weights ONE = Weights.filled(1, 1);

    private final Expressions expressions;
    private final Map<Expression, List<CellMatch>> known = new HashMap<>();
    private final GateWeights weights = new GateWeights();

    CellPatterns(Expressions expressions) {
        this.expressions = expressions;
    }

    /** Returns all interpretations of a vector as the output of a cell; they differ in the roles of state and input. */
    List<CellMatch> matches(Expression output) {
        List<CellMatch> matches = known.get(output);
        if (matches == null) {
            matches = found(output);
            known.put(output, matches);
        }
        return matches;
    }

    private List<CellMatch> found(Expression output) {
        List<CellMatch> matches = new ArrayList<>();
        if (output.is(Kind.MULTIPLY)) {
            lstm(output, null, matches);
        } else if (output.is(Kind.DENSE)
                && output.data(Dense.class).bias() == null
                && output.below().is(Kind.MULTIPLY)) {
            lstm(output.below(), output.data(Dense.class).weight(), matches);
        } else if (output.is(Kind.ADD)) {
            gru(output, matches);
        } else if (Gate.isFunction(output)) {
            rnn(output, matches);
        }
        return matches;
    }

    /** Returns all vectors that gates multiply with weights. */
    private static List<Expression> sources(List<Gate> gates) {
        Set<Expression> sources = new LinkedHashSet<>();
        gates.forEach(gate -> sources.addAll(gate.products().keySet()));
        return List.copyOf(sources);
    }

    private static @Nullable List<Gate> gates(List<Expression> functions) {
        List<Gate> gates = new ArrayList<>();
        for (Expression function : functions) {
            Gate gate = Gate.of(function);
            if (gate == null || gate.products().isEmpty()) {
                return null;
            }
            gates.add(gate);
        }
        return gates;
    }

    /** Matches an LSTM: h' = o * act(c'), c' = f * c + i * g; a projection multiplies h' with a matrix. */
    private void lstm(Expression product, @Nullable Weights projection, List<CellMatch> matches) {
        for (int i = 0; i < 2; i++) {
            Expression o = product.of().get(i);
            Expression out = product.of().get(1 - i);
            Expression newC = Gate.isFunction(out) ? out.below() : out;
            boolean isSum = newC.is(Kind.ADD)
                    && newC.of().size() == 2
                    && newC.of().stream().allMatch(term -> term.is(Kind.MULTIPLY));
            if (Gate.isGate(o) && isSum) {
                Activation outputActivation = Gate.isFunction(out) ? out.data(Activation.class) : Activation.LINEAR;
                lstm(o, outputActivation, newC, projection, matches);
            }
        }
    }

    private void lstm(
            Expression o,
            Activation outputActivation,
            Expression newC,
            @Nullable Weights projection,
            List<CellMatch> matches) {
        for (int forget = 0; forget < 2; forget++) {
            for (int kept = 0; kept < 2; kept++) {
                Expression f = newC.of().get(forget).of().get(1 - kept);
                Expression c = newC.of().get(forget).of().get(kept);
                List<Expression> written = newC.of().get(1 - forget).of();
                if (Gate.isGate(f) && !Gate.isGate(c) && written.stream().allMatch(Gate::isGate)) {
                    boolean inOrder = Gate.function(written.get(0)).equals(Gate.function(f));
                    List<Expression> gates = List.of(written.get(inOrder ? 0 : 1), f, written.get(inOrder ? 1 : 0), o);
                    lstm(gates, outputActivation, c, newC, projection, matches);
                }
            }
        }
    }

    private void lstm(
            List<Expression> functions,
            Activation outputActivation,
            Expression c,
            Expression newC,
            @Nullable Weights projection,
            List<CellMatch> matches) {
        Activation recurrent = Gate.function(functions.get(1));
        boolean sameGates = Gate.function(functions.get(0)).equals(recurrent)
                && Gate.function(functions.get(3)).equals(recurrent);
        List<Gate> gates = sameGates ? gates(functions) : null;
        if (gates == null || !havePeepholesOf(gates, c, newC)) {
            return;
        }
        int units = (int) newC.units();
        int outputs = projection == null ? units : projection.rows();
        for (Expression h : sources(gates)) {
            List<Expression> inputs =
                    sources(gates).stream().filter(source -> source != h).toList();
            boolean reads = gates.stream().allMatch(gate -> gate.reads(inputs, h, outputs));
            if (reads && !inputs.isEmpty() && !inputs.contains(c) && !inputs.contains(newC) && h != c && h != newC) {
                ObjectNode spec =
                        RecurrentSpecs.lstm(units, recurrent, Gate.function(functions.get(2)), outputActivation);
                Map<String, Weights> parameters = weights.of(gates, inputs, h);
                putPeepholes(gates, parameters, spec, units);
                if (projection != null) {
                    spec.put("projection", outputs);
                    parameters.put("weight_hr", projection);
                }
                matches.add(new CellMatch(spec, parameters, expressions.concat(inputs), h, c, newC));
            }
        }
    }

    /** Returns whether the gates i and f see only c before the step, o only c after the step, and g neither. */
    private static boolean havePeepholesOf(List<Gate> gates, Expression c, Expression newC) {
        return gates.get(0).hasNoPeepholesBut(Set.of(c))
                && gates.get(1).hasNoPeepholesBut(Set.of(c))
                && gates.get(2).hasNoPeepholesBut(Set.of())
                && gates.get(3).hasNoPeepholesBut(Set.of(newC));
    }

    private static void putPeepholes(List<Gate> gates, Map<String, Weights> parameters, ObjectNode spec, int units) {
        if (gates.stream().allMatch(gate -> gate.peepholes().isEmpty())) {
            return;
        }
        String[] names = {"weight_pi", "weight_pf", "", "weight_po"};
        for (int gate = 0; gate < names.length; gate++) {
            if (!names[gate].isEmpty()) {
                parameters.put(
                        names[gate],
                        gates.get(gate).peepholes().values().stream()
                                .findFirst()
                                .orElse(Weights.filled(units, 0)));
            }
        }
        spec.put("peepholes", true);
    }

    /**
     * Matches a GRU: h' = n + z * (h - n), or z * h + (1 - z) * n; with the roles of z and 1 - z swapped, z becomes
     * 1 - z.
     */
    private void gru(Expression output, List<CellMatch> matches) {
        if (output.of().size() != 2) {
            return;
        }
        for (int i = 0; i < 2; i++) {
            Expression product = output.of().get(i);
            Expression other = output.of().get(1 - i);
            if (!product.is(Kind.MULTIPLY)) {
                continue;
            }
            for (int k = 0; k < 2; k++) {
                Expression z = product.of().get(k);
                Expression kept = product.of().get(1 - k);
                if (!Gate.isFunction(z)) {
                    continue;
                }
                Expression rest = expressions.affine(z, MINUS_ONE, ONE);
                int at = other.is(Kind.MULTIPLY) ? other.of().indexOf(rest) : -1;
                if (at >= 0) {
                    Expression counterpart = other.of().get(1 - at);
                    gru(z, counterpart, kept, matches);
                    gru(rest, kept, counterpart, matches);
                } else {
                    Expression added = without(kept, expressions.affine(other, MINUS_ONE, Weights.filled(1, 0)));
                    gru(z, other, added, matches);
                    gru(rest, added, other, matches);
                }
            }
        }
    }

    /** Returns a sum without one of its terms, or null if it does not have this term. */
    private @Nullable Expression without(Expression sum, Expression term) {
        if (!sum.is(Kind.ADD) || !sum.of().contains(term)) {
            return null;
        }
        return sum.of().stream()
                .filter(part -> part != term)
                .reduce(expressions::add)
                .orElse(null);
    }

    /** Returns an equal sum in which a product with a concatenation is a sum of products with its parts. */
    private Expression apart(Expression sum) {
        List<Expression> terms = new ArrayList<>();
        for (Expression term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            boolean joined = term.is(Kind.DENSE) && term.below().is(Kind.CONCAT);
            int at = 0;
            for (Expression part : joined ? term.below().of() : List.of(term)) {
                Expression single = part;
                if (joined) {
                    Dense dense = term.data(Dense.class);
                    Weights columns = dense.weight().columns(at, (int) part.units());
                    single = expressions.dense(part, columns, at == 0 ? dense.bias() : null);
                    at += (int) part.units();
                }
                terms.add(single);
            }
        }
        return expressions.sum(terms);
    }

    private void gru(Expression z, @Nullable Expression n, @Nullable Expression h, List<CellMatch> matches) {
        if (n == null || h == null || !Gate.isGate(z) || !Gate.isFunction(n)) {
            return;
        }
        Expression sum = apart(n.below());
        for (Expression term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            Expression inner = term.is(Kind.DENSE) ? term.below() : term;
            if (!inner.is(Kind.MULTIPLY)) {
                continue;
            }
            Expression rest = without(sum, term);
            for (int k = 0; k < 2 && rest != null; k++) {
                Expression r = inner.of().get(k);
                Expression reset = inner.of().get(1 - k);
                boolean resetAfter = !term.is(Kind.DENSE);
                boolean reads = resetAfter ? reset.is(Kind.DENSE) && reset.below() == h : reset == h;
                if (reads && Gate.isGate(r) && Gate.function(r).equals(Gate.function(z))) {
                    Gate candidate = Gate.ofSum(rest, n.data(Activation.class));
                    Dense ofState = (resetAfter ? reset : term).data(Dense.class);
                    gru(gates(List.of(r, z)), candidate, ofState, resetAfter, h, matches);
                }
            }
        }
    }

    private void gru(
            @Nullable List<Gate> outer,
            @Nullable Gate candidate,
            Dense ofState,
            boolean resetAfter,
            Expression h,
            List<CellMatch> matches) {
        if (outer == null || candidate == null || candidate.products().containsKey(h)) {
            return;
        }
        List<Gate> gates = List.of(outer.get(0), outer.get(1), candidate.plus(h, ofState));
        List<Expression> inputs =
                sources(gates).stream().filter(source -> source != h).toList();
        int units = ofState.weight().rows();
        boolean reads = gates.stream()
                .allMatch(
                        gate -> gate.reads(inputs, h, units) && gate.peepholes().isEmpty());
        if (!reads || inputs.isEmpty()) {
            return;
        }
        ObjectNode spec = RecurrentSpecs.gru(
                units, gates.get(1).activation(), gates.get(2).activation(), resetAfter);
        matches.add(new CellMatch(spec, weights.of(gates, inputs, h), expressions.concat(inputs), h, null, null));
    }

    /** Matches a simple RNN: h' = act(W x + U h). */
    private void rnn(Expression output, List<CellMatch> matches) {
        List<Gate> gates = gates(List.of(output));
        if (gates == null || !gates.get(0).peepholes().isEmpty()) {
            return;
        }
        int units = (int) output.units();
        for (Expression h : sources(gates)) {
            List<Expression> inputs =
                    sources(gates).stream().filter(source -> source != h).toList();
            if (gates.get(0).reads(inputs, h, units) && !inputs.isEmpty()) {
                ObjectNode spec = RecurrentSpecs.rnn(units, output.data(Activation.class));
                matches.add(
                        new CellMatch(spec, weights.of(gates, inputs, h), expressions.concat(inputs), h, null, null));
            }
        }
    }
}

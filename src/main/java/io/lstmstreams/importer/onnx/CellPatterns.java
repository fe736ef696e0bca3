package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
            lstm(output.of().get(0), output.of().get(1), matches);
            lstm(output.of().get(1), output.of().get(0), matches);
        } else if (output.is(Kind.ADD)) {
            gru(output, matches);
        } else if (output.is(Kind.ACTIVATION)) {
            rnn(output, matches);
        }
        return matches;
    }

    private static boolean isGate(Expression expr) {
        return expr.is(Kind.ACTIVATION)
                && expr.data(Activation.class).isElementwise()
                && expr.data(Activation.class).isKnown();
    }

    private static Set<Expression> sources(List<Gate> gates) {
        Set<Expression> sources = new LinkedHashSet<>();
        gates.forEach(gate -> sources.addAll(gate.products().keySet()));
        return sources;
    }

    /** Returns the possible roles of two vectors: input and state, or state and input. */
    private static List<List<Expression>> roles(List<Gate> gates) {
        List<Expression> sources = List.copyOf(sources(gates));
        if (sources.size() != 2) {
            return List.of();
        }
        List<List<Expression>> roles = new ArrayList<>();
        for (List<Expression> role : List.of(sources, List.of(sources.get(1), sources.get(0)))) {
            if (gates.stream().allMatch(gate -> gate.reads(role.get(0), role.get(1)))) {
                roles.add(role);
            }
        }
        return roles;
    }

    /** Matches an LSTM: h' = o * act(c'), c' = f * c + i * g. */
    private void lstm(Expression o, Expression out, List<CellMatch> matches) {
        Expression newC = isGate(out) ? out.below() : out;
        boolean isSum = newC.is(Kind.ADD)
                && newC.of().size() == 2
                && newC.of().stream().allMatch(term -> term.is(Kind.MULTIPLY));
        if (!isGate(o) || !isSum) {
            return;
        }
        Activation outputActivation = isGate(out) ? out.data(Activation.class) : Activation.LINEAR;
        for (int forget = 0; forget < 2; forget++) {
            for (int kept = 0; kept < 2; kept++) {
                Expression f = newC.of().get(forget).of().get(1 - kept);
                Expression c = newC.of().get(forget).of().get(kept);
                List<Expression> written = newC.of().get(1 - forget).of();
                if (isGate(f) && !isGate(c) && written.stream().allMatch(CellPatterns::isGate)) {
                    boolean inOrder = written.get(0).data().equals(f.data());
                    List<Expression> gates = List.of(written.get(inOrder ? 0 : 1), f, written.get(inOrder ? 1 : 0), o);
                    lstm(gates, outputActivation, c, newC, matches);
                }
            }
        }
    }

    private void lstm(
            List<Expression> gates,
            Activation outputActivation,
            Expression c,
            Expression newC,
            List<CellMatch> matches) {
        Object recurrent = gates.get(1).data();
        if (!gates.get(0).data().equals(recurrent) || !gates.get(3).data().equals(recurrent)) {
            return;
        }
        List<Gate> parts = gates(gates.stream().map(Expression::below).toList());
        if (parts == null) {
            return;
        }
        Activation candidate = gates.get(2).data(Activation.class);
        ObjectNode spec = RecurrentSpecs.lstm((int) newC.units(), (Activation) recurrent, candidate, outputActivation);
        for (List<Expression> role : roles(parts)) {
            Map<String, Weights> parameters = weights.of(parts, role.get(0), role.get(1));
            matches.add(new CellMatch(spec, parameters, role.get(0), role.get(1), c, newC));
        }
    }

    private static @Nullable List<Gate> gates(List<Expression> sums) {
        List<Gate> gates = new ArrayList<>();
        for (Expression sum : sums) {
            Gate gate = Gate.of(sum);
            if (gate == null || gate.products().isEmpty()) {
                return null;
            }
            gates.add(gate);
        }
        return gates;
    }

    /** Matches a GRU: h' = n + z * (h - n), or (1 - z) * n + z * h. */
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
                if (isGate(z) && isGate(other)) {
                    gru(z, other, without(kept, expressions.affine(other, MINUS_ONE, Weights.filled(1, 0))), matches);
                } else if (isGate(z) && other.is(Kind.MULTIPLY)) {
                    Expression rest = expressions.affine(z, MINUS_ONE, ONE);
                    int at = other.of().indexOf(rest);
                    if (at >= 0 && isGate(other.of().get(1 - at))) {
                        gru(z, other.of().get(1 - at), kept, matches);
                    }
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

    private void gru(Expression z, Expression n, @Nullable Expression h, List<CellMatch> matches) {
        if (h == null) {
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
                if (isGate(r) && r.data().equals(z.data()) && (resetAfter ? reset.is(Kind.DENSE) : reset == h)) {
                    gru(List.of(r, z, n), rest, resetAfter ? reset : term, resetAfter, h, matches);
                }
            }
        }
    }

    private void gru(
            List<Expression> gates,
            Expression inputPart,
            Expression statePart,
            boolean resetAfter,
            Expression h,
            List<CellMatch> matches) {
        boolean readsState = !resetAfter || statePart.below() == h;
        List<Gate> outer = gates(List.of(gates.get(0).below(), gates.get(1).below(), inputPart));
        if (!readsState || outer == null) {
            return;
        }
        Gate candidate = outer.get(2);
        Map<Expression, Dense> products = new LinkedHashMap<>(candidate.products());
        if (products.size() != 1 || products.containsKey(h)) {
            return;
        }
        Expression x = products.keySet().iterator().next();
        products.put(h, statePart.data(Dense.class));
        List<Gate> parts = List.of(outer.get(0), outer.get(1), new Gate(products, candidate.constant()));
        if (!parts.stream().allMatch(gate -> gate.reads(x, h))) {
            return;
        }
        ObjectNode spec = RecurrentSpecs.gru(
                parts.get(0).units(),
                gates.get(1).data(Activation.class),
                gates.get(2).data(Activation.class),
                resetAfter);
        matches.add(new CellMatch(spec, weights.of(parts, x, h), x, h, null, null));
    }

    /** Matches a simple RNN: h' = act(W x + U h). */
    private void rnn(Expression output, List<CellMatch> matches) {
        List<Gate> parts = gates(List.of(output.below()));
        if (parts == null || !isGate(output)) {
            return;
        }
        ObjectNode spec = RecurrentSpecs.rnn((int) output.units(), output.data(Activation.class));
        for (List<Expression> role : roles(parts)) {
            matches.add(new CellMatch(
                    spec, weights.of(parts, role.get(0), role.get(1)), role.get(0), role.get(1), null, null));
        }
    }
}

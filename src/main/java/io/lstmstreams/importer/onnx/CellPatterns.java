package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.onnx.Expr.Dense;
import io.lstmstreams.importer.onnx.Expr.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recognises one step of an LSTM, GRU or simple RNN that is written out in products, sums and activations. Exporters write out
 * cells that have no operator.
 */
final class CellPatterns {
    private static final Weights MINUS_ONE = Weights.filled(1, -1);
    private static final Weights ONE = Weights.filled(1, 1);

    private final Exprs exprs;
    private final Map<Expr, List<CellMatch>> known = new HashMap<>();
    private final GateWeights weights = new GateWeights();

    CellPatterns(Exprs exprs) {
        this.exprs = exprs;
    }

    /** Returns all interpretations of a vector as the output of a cell; they differ in the roles of state and input. */
    List<CellMatch> matches(Expr output) {
        List<CellMatch> matches = known.get(output);
        if (matches == null) {
            matches = found(output);
            known.put(output, matches);
        }
        return matches;
    }

    private List<CellMatch> found(Expr output) {
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

    private static boolean isGate(Expr expr) {
        return expr.is(Kind.ACTIVATION)
                && expr.data(Activation.class).isElementwise()
                && expr.data(Activation.class).isKnown();
    }

    private static Set<Expr> sources(List<Gate> gates) {
        Set<Expr> sources = new LinkedHashSet<>();
        gates.forEach(gate -> sources.addAll(gate.products().keySet()));
        return sources;
    }

    /** Returns the possible roles of two vectors: input and state, or state and input. */
    private static List<List<Expr>> roles(List<Gate> gates) {
        List<Expr> sources = List.copyOf(sources(gates));
        if (sources.size() != 2) {
            return List.of();
        }
        List<List<Expr>> roles = new ArrayList<>();
        for (List<Expr> role : List.of(sources, List.of(sources.get(1), sources.get(0)))) {
            if (gates.stream().allMatch(gate -> gate.reads(role.get(0), role.get(1)))) {
                roles.add(role);
            }
        }
        return roles;
    }

    /** Matches an LSTM: h' = o * act(c'), c' = f * c + i * g. */
    private void lstm(Expr o, Expr out, List<CellMatch> matches) {
        Expr newC = isGate(out) ? out.below() : out;
        boolean isSum = newC.is(Kind.ADD)
                && newC.of().size() == 2
                && newC.of().stream().allMatch(term -> term.is(Kind.MULTIPLY));
        if (!isGate(o) || !isSum) {
            return;
        }
        Activation outputActivation = isGate(out) ? out.data(Activation.class) : Activation.LINEAR;
        for (int forget = 0; forget < 2; forget++) {
            for (int kept = 0; kept < 2; kept++) {
                Expr f = newC.of().get(forget).of().get(1 - kept);
                Expr c = newC.of().get(forget).of().get(kept);
                List<Expr> written = newC.of().get(1 - forget).of();
                if (isGate(f) && !isGate(c) && written.stream().allMatch(CellPatterns::isGate)) {
                    boolean inOrder = written.get(0).data().equals(f.data());
                    List<Expr> gates = List.of(written.get(inOrder ? 0 : 1), f, written.get(inOrder ? 1 : 0), o);
                    lstm(gates, outputActivation, c, newC, matches);
                }
            }
        }
    }

    private void lstm(List<Expr> gates, Activation outputActivation, Expr c, Expr newC, List<CellMatch> matches) {
        Object recurrent = gates.get(1).data();
        if (!gates.get(0).data().equals(recurrent) || !gates.get(3).data().equals(recurrent)) {
            return;
        }
        List<Gate> parts = gates(gates.stream().map(Expr::below).toList());
        if (parts == null) {
            return;
        }
        ObjectNode spec =
                JsonNodeFactory.instance.objectNode().put("cell", "lstm").put("units", (int) newC.units());
        Activation activation = gates.get(2).data(Activation.class);
        put(spec, "recurrentActivation", (Activation) recurrent, Activation.SIGMOID);
        put(spec, "activation", activation, Activation.TANH);
        put(spec, "outputActivation", outputActivation, activation);
        for (List<Expr> role : roles(parts)) {
            Map<String, Weights> parameters = weights.of(parts, role.get(0), role.get(1));
            matches.add(new CellMatch(spec, parameters, role.get(0), role.get(1), c, newC));
        }
    }

    private static void put(ObjectNode spec, String field, Activation activation, Activation otherwise) {
        if (!activation.equals(otherwise)) {
            spec.set(field, activation.json());
        }
    }

    private static List<Gate> gates(List<Expr> sums) {
        List<Gate> gates = new ArrayList<>();
        for (Expr sum : sums) {
            Gate gate = Gate.of(sum);
            if (gate == null || gate.products().isEmpty()) {
                return null;
            }
            gates.add(gate);
        }
        return gates;
    }

    /** Matches a GRU: h' = n + z * (h - n), or (1 - z) * n + z * h. */
    private void gru(Expr output, List<CellMatch> matches) {
        if (output.of().size() != 2) {
            return;
        }
        for (int i = 0; i < 2; i++) {
            Expr product = output.of().get(i);
            Expr other = output.of().get(1 - i);
            if (!product.is(Kind.MULTIPLY)) {
                continue;
            }
            for (int k = 0; k < 2; k++) {
                Expr z = product.of().get(k);
                Expr kept = product.of().get(1 - k);
                if (isGate(z) && isGate(other)) {
                    gru(z, other, without(kept, exprs.affine(other, MINUS_ONE, Weights.filled(1, 0))), matches);
                } else if (isGate(z) && other.is(Kind.MULTIPLY)) {
                    Expr rest = exprs.affine(z, MINUS_ONE, ONE);
                    int at = other.of().indexOf(rest);
                    if (at >= 0 && isGate(other.of().get(1 - at))) {
                        gru(z, other.of().get(1 - at), kept, matches);
                    }
                }
            }
        }
    }

    /** Returns a sum without one of its terms, or null if it does not have this term. */
    private Expr without(Expr sum, Expr term) {
        if (!sum.is(Kind.ADD) || !sum.of().contains(term)) {
            return null;
        }
        Expr rest = null;
        for (Expr part : sum.of()) {
            if (part != term) {
                rest = rest == null ? part : exprs.add(rest, part);
            }
        }
        return rest;
    }

    /** Returns an equal sum in which a product with a concatenation is a sum of products with its parts. */
    private Expr apart(Expr sum) {
        Expr result = null;
        for (Expr term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            boolean joined = term.is(Kind.DENSE) && term.below().is(Kind.CONCAT);
            int at = 0;
            for (Expr part : joined ? term.below().of() : List.of(term)) {
                Expr single = part;
                if (joined) {
                    Dense dense = term.data(Dense.class);
                    Weights columns = dense.weight().columns(at, (int) part.units());
                    single = exprs.dense(part, columns, at == 0 ? dense.bias() : null);
                    at += (int) part.units();
                }
                result = result == null ? single : exprs.add(result, single);
            }
        }
        return result;
    }

    private void gru(Expr z, Expr n, Expr h, List<CellMatch> matches) {
        if (h == null) {
            return;
        }
        Expr sum = apart(n.below());
        for (Expr term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            Expr inner = term.is(Kind.DENSE) ? term.below() : term;
            if (!inner.is(Kind.MULTIPLY)) {
                continue;
            }
            Expr rest = without(sum, term);
            for (int k = 0; k < 2 && rest != null; k++) {
                Expr r = inner.of().get(k);
                Expr reset = inner.of().get(1 - k);
                boolean resetAfter = !term.is(Kind.DENSE);
                if (isGate(r) && r.data().equals(z.data()) && (resetAfter ? reset.is(Kind.DENSE) : reset == h)) {
                    gru(List.of(r, z, n), rest, resetAfter ? reset : term, resetAfter, h, matches);
                }
            }
        }
    }

    private void gru(
            List<Expr> gates, Expr inputPart, Expr statePart, boolean resetAfter, Expr h, List<CellMatch> matches) {
        boolean readsState = !resetAfter || statePart.below() == h;
        List<Gate> outer = gates(List.of(gates.get(0).below(), gates.get(1).below(), inputPart));
        if (!readsState || outer == null) {
            return;
        }
        Gate candidate = outer.get(2);
        Map<Expr, Dense> products = new LinkedHashMap<>(candidate.products());
        if (products.size() != 1 || products.containsKey(h)) {
            return;
        }
        Expr x = products.keySet().iterator().next();
        products.put(h, statePart.data(Dense.class));
        List<Gate> parts = List.of(outer.get(0), outer.get(1), new Gate(products, candidate.constant()));
        if (!parts.stream().allMatch(gate -> gate.reads(x, h))) {
            return;
        }
        ObjectNode spec = JsonNodeFactory.instance
                .objectNode()
                .put("cell", "gru")
                .put("units", parts.get(0).units());
        put(spec, "recurrentActivation", gates.get(1).data(Activation.class), Activation.SIGMOID);
        put(spec, "activation", gates.get(2).data(Activation.class), Activation.TANH);
        if (!resetAfter) {
            spec.put("resetAfter", false);
        }
        matches.add(new CellMatch(spec, weights.of(parts, x, h), x, h, null, null));
    }

    /** Matches a simple RNN: h' = act(W x + U h). */
    private void rnn(Expr output, List<CellMatch> matches) {
        List<Gate> parts = gates(List.of(output.below()));
        if (parts == null || !isGate(output)) {
            return;
        }
        ObjectNode spec =
                JsonNodeFactory.instance.objectNode().put("cell", "rnn").put("units", (int) output.units());
        put(spec, "activation", output.data(Activation.class), Activation.TANH);
        for (List<Expr> role : roles(parts)) {
            matches.add(new CellMatch(
                    spec, weights.of(parts, role.get(0), role.get(1)), role.get(0), role.get(1), null, null));
        }
    }
}

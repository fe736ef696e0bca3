package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Evaluates operators that expand a tensor. */
final class StretchOps {
    private final Budget budget;

    StretchOps(Budget budget) {
        this.budget = budget;
    }

    Map<String, Operation> operations() {
        return Map.of("ConstantOfShape", this::constantOfShape, "Expand", this::expand, "Tile", this::tile);
    }

    private List<Value> constantOfShape(Call call) {
        SymbolicInteger[] sizes = call.numbers(0, "sizes");
        Constant base = call.tensor("value")
                .map(value -> Constants.of(value, budget))
                .orElseGet(() -> Constant.of(new float[1], OnnxType.FLOAT, "zeros"));
        if (base.view().count() != 1) {
            throw call.malformed("its value must be a single number");
        }
        Constant scalar = base.reshaped();
        return List.of(stretched(call, scalar, Arrays.asList(sizes)));
    }

    private Value stretched(Call call, Constant base, List<SymbolicInteger> sizes) {
        if (!sizes.stream().allMatch(SymbolicInteger::isConstant)) {
            return new Repeated(base, sizes);
        }
        int[] dims = sizes.stream()
                .mapToInt(size -> (int) Math.max(-1, Math.min(Integer.MAX_VALUE, size.offset())))
                .toArray();
        budget.take(dims);
        if (!base.view().isExpandableTo(dims)) {
            throw call.malformed("its input cannot be expanded to the shape " + Arrays.toString(dims));
        }
        return base.with(base.view().expanded(dims));
    }

    private List<Value> expand(Call call) {
        Value value = call.required(0);
        List<SymbolicInteger> target = new ArrayList<>(Arrays.asList(call.numbers(1, "new sizes")));
        SymbolicInteger[] has = ShapeOps.sizes(value);
        while (target.size() < has.length) {
            target.add(0, SymbolicInteger.of(1));
        }
        boolean stays = target.size() == has.length;
        for (int i = 0; i < has.length; i++) {
            int at = target.size() - has.length + i;
            if (target.get(at).is(1)) {
                target.set(at, has[i]);
            }
            stays &= target.get(at).equals(has[i]);
        }
        if (stays) {
            return List.of(value);
        }
        if (value instanceof Constant constant) {
            return List.of(stretched(call, constant, target));
        }
        if (value instanceof Repeated repeated) {
            return List.of(new Repeated(repeated.base(), target));
        }
        throw call.unsupported("repeats a computed value, like a decoder, which cannot run one step at a time");
    }

    private List<Value> tile(Call call) {
        Value value = call.required(0);
        SymbolicInteger[] times = call.numbers(1, "repeats");
        SymbolicInteger[] sizes = ShapeOps.sizes(value);
        if (times.length != sizes.length) {
            throw call.malformed("must have repeats for " + sizes.length + " dimensions, but has " + times.length);
        }
        if (Arrays.stream(times).allMatch(time -> time.is(1))) {
            return List.of(value);
        }
        List<SymbolicInteger> target = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            target.add(sizes[i].times(times[i]));
            if (!sizes[i].is(1) && !times[i].is(1)) {
                throw call.unsupported("only dimensions of size 1 can be repeated");
            }
        }
        if (value instanceof Constant constant) {
            return List.of(stretched(call, constant, target));
        }
        throw call.unsupported("repeats a computed value, like a decoder, which cannot run one step at a time");
    }
}

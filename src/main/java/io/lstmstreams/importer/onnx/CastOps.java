package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.List;
import java.util.Map;

/** Evaluates operators that change the type of numbers. */
final class CastOps {
    private final Budget budget;

    CastOps(Budget budget) {
        this.budget = budget;
    }

    Map<String, Operation> operations() {
        return Map.of("Cast", this::cast, "CastLike", this::castLike);
    }

    private List<Value> cast(Call call) {
        long code = call.integer("to", 0);
        String name = call.text("to", ""); // before opset 6
        OnnxType type = (name.isEmpty() ? OnnxType.of(code) : OnnxType.named(name))
                .orElseThrow(() -> call.unsupported("ONNX's type " + code + name + " is not supported"));
        return List.of(cast(call, call.required(0), type));
    }

    private List<Value> castLike(Call call) {
        Value like = call.required(1);
        OnnxType type = like instanceof Signal signal
                ? signal.type()
                : like instanceof Constant constant
                        ? constant.type()
                        : ((Repeated) like).base().type();
        return List.of(cast(call, call.required(0), type));
    }

    private Value cast(Call call, Value value, OnnxType type) {
        if (value instanceof Constant constant) {
            return cast(call, constant, type);
        }
        if (value instanceof Repeated repeated) {
            return new Repeated(cast(call, repeated.base(), type), repeated.dims());
        }
        Signal signal = (Signal) value;
        boolean rounds = signal.type().isFloating() && !type.isFloating();
        GraphInput input = signal.expr().input();
        boolean wasRounded = type.isFloating()
                && !signal.type().isFloating()
                && input != null
                && input.type().isFloating();
        if ((rounds && input == null) || wasRounded) {
            return new UnsupportedResult("a cast to integers");
        }
        return new Signal(signal.expr(), signal.axes(), signal.feature(), type, signal.state());
    }

    private Constant cast(Call call, Constant constant, OnnxType type) {
        budget.take(constant.view().count());
        int[] dims = constant.view().dims();
        if (constant.isFloating() == type.isFloating()) {
            return constant.isFloating()
                    ? Constant.of(constant.floats(), type, constant.name(), dims)
                    : Constant.of(constant.numbers(), type, constant.name(), dims);
        }
        if (constant.isFloating()) {
            float[] floats = constant.floats();
            SymbolicInteger[] numbers = new SymbolicInteger[floats.length];
            for (int i = 0; i < floats.length; i++) {
                numbers[i] = SymbolicInteger.of((long) floats[i]);
            }
            return Constant.of(numbers, type, constant.name(), dims);
        }
        SymbolicInteger[] numbers = constant.numbers();
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            if (!numbers[i].isConstant()) {
                throw call.unsupported("a cast of an open size to " + type + " is not supported");
            }
            floats[i] = numbers[i].offset();
        }
        return Constant.of(floats, type, constant.name(), dims);
    }
}

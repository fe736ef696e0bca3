package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Operators that move, take and repeat elements, and constants (onnx/docs/Operators.md). */
final class ShapeFunctions {
    private ShapeFunctions() {}

    static Map<String, NodeFunction> all() {
        Map<String, NodeFunction> all = new HashMap<>();
        all.put("Constant", ShapeFunctions::constant);
        all.put("ConstantOfShape", ShapeFunctions::constantOfShape);
        all.put("Shape", ShapeFunctions::shape);
        all.put(
                "Size",
                call -> List.of(NdArray.scalar(OnnxType.INT64, call.input(0).size())));
        all.put("Range", ShapeFunctions::range);
        all.put("Reshape", ShapeFunctions::reshape);
        all.put("Flatten", ShapeFunctions::flatten);
        all.put("Squeeze", ShapeFunctions::squeeze);
        all.put("Unsqueeze", ShapeFunctions::unsqueeze);
        all.put("Transpose", ShapeFunctions::transpose);
        all.put("Expand", ShapeFunctions::expand);
        all.put("Tile", ShapeFunctions::tile);
        all.put("Concat", ShapeFunctions::concat);
        all.put("Split", ShapeFunctions::split);
        all.put("Slice", ShapeFunctions::slice);
        all.put("Gather", call -> {
            int axis = NodeCall.axis(call.integer("axis", 0), call.input(0).rank());
            return List.of(call.input(0).gathered(axis, call.input(1)));
        });
        all.put("GatherElements", ShapeFunctions::gatherElements);
        all.put("ScatterElements", ShapeFunctions::scatterElements);
        all.put("OneHot", ShapeFunctions::oneHot);
        return all;
    }

    static NdArray of(OnnxTensor tensor) {
        int[] shape = Arrays.stream(tensor.dims()).mapToInt(Math::toIntExact).toArray();
        double[] values = new double[tensor.count()];
        if (tensor.type().isFloating()) {
            float[] floats = tensor.floats();
            Arrays.setAll(values, i -> floats[i]);
        } else {
            long[] integers = tensor.integers();
            Arrays.setAll(values, i -> integers[i]);
        }
        return new NdArray(tensor.type(), shape, values);
    }

    private static List<NdArray> constant(NodeCall call) {
        for (OnnxAttribute attribute : call.node().attributes().values()) {
            switch (attribute.name()) {
                case "value" -> {
                    return List.of(of(attribute.tensor().orElseThrow()));
                }
                case "value_float" -> {
                    return List.of(NdArray.scalar(OnnxType.FLOAT, attribute.number()));
                }
                case "value_floats" -> {
                    double[] values = new double[attribute.numbers().length];
                    Arrays.setAll(values, i -> attribute.numbers()[i]);
                    return List.of(new NdArray(OnnxType.FLOAT, new int[] {values.length}, values));
                }
                case "value_int" -> {
                    return List.of(NdArray.scalar(OnnxType.INT64, (double) attribute.integer()));
                }
                case "value_ints" -> {
                    return List.of(NdArray.integers(attribute.integers()));
                }
                default -> {
                    // not a value
                }
            }
        }
        throw new IllegalArgumentException("the constant holds no numbers");
    }

    private static List<NdArray> constantOfShape(NodeCall call) {
        OnnxAttribute value = call.attribute("value");
        NdArray element = value == null
                ? NdArray.scalar(OnnxType.FLOAT, 0)
                : of(value.tensor().orElseThrow());
        return List.of(element.reshaped().broadcast(dims(call.input(0).asIntegers())));
    }

    private static int[] dims(long... values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    private static List<NdArray> shape(NodeCall call) {
        int[] shape = call.input(0).shape();
        int start = bound(call.integer("start", 0), shape.length);
        int end = bound(call.integer("end", shape.length), shape.length);
        long[] part =
                Arrays.stream(shape, start, Math.max(start, end)).asLongStream().toArray();
        return List.of(NdArray.integers(part));
    }

    private static int bound(long place, int length) {
        return (int) Math.max(0, Math.min(length, place < 0 ? place + length : place));
    }

    private static List<NdArray> range(NodeCall call) {
        double start = call.input(0).value(0);
        double step = call.input(2).value(0);
        int count = (int) Math.max(0, Math.ceil((call.input(1).value(0) - start) / step));
        double[] values = new double[count];
        Arrays.setAll(values, i -> start + i * step);
        return List.of(new NdArray(call.input(0).type(), new int[] {count}, values));
    }

    private static List<NdArray> reshape(NodeCall call) {
        NdArray x = call.input(0);
        long[] target = call.requiredIntegers("shape", 1);
        int[] shape = new int[target.length];
        int open = -1;
        int known = 1;
        for (int i = 0; i < shape.length; i++) {
            boolean copied = target[i] == 0 && call.integer("allowzero", 0) == 0;
            shape[i] = copied ? x.dim(i) : (int) target[i];
            if (shape[i] < 0) {
                open = i;
            } else {
                known *= shape[i];
            }
        }
        if (open >= 0) {
            shape[open] = known == 0 ? 0 : x.size() / known;
        }
        return List.of(x.reshaped(shape));
    }

    private static List<NdArray> flatten(NodeCall call) {
        NdArray x = call.input(0);
        long axis = call.integer("axis", 1);
        int counted = (int) (axis < 0 ? axis + x.rank() : axis);
        int rows = NdArray.size(Arrays.copyOf(x.shape(), counted));
        return List.of(x.reshaped(rows, rows == 0 ? 0 : x.size() / rows));
    }

    private static List<NdArray> squeeze(NodeCall call) {
        NdArray x = call.input(0);
        long[] axes = call.integers("axes", 1);
        boolean[] gone = new boolean[x.rank()];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = axes == null && x.dim(i) == 1;
        }
        if (axes != null) {
            for (long axis : axes) {
                gone[NodeCall.axis(axis, x.rank())] = true;
            }
        }
        return List.of(x.without(gone));
    }

    private static List<NdArray> unsqueeze(NodeCall call) {
        NdArray x = call.input(0);
        long[] axes = call.requiredIntegers("axes", 1);
        boolean[] added = new boolean[x.rank() + axes.length];
        for (long axis : axes) {
            added[NodeCall.axis(axis, added.length)] = true;
        }
        int[] shape = new int[added.length];
        int at = 0;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = added[i] ? 1 : x.dim(at++);
        }
        return List.of(x.reshaped(shape));
    }

    private static List<NdArray> transpose(NodeCall call) {
        NdArray x = call.input(0);
        long[] order = call.integers("perm", -1);
        int[] axes = new int[x.rank()];
        Arrays.setAll(axes, i -> order == null ? x.rank() - 1 - i : (int) order[i]);
        return List.of(x.transposed(axes));
    }

    private static List<NdArray> expand(NodeCall call) {
        NdArray x = call.input(0);
        int[] shape = dims(call.input(1).asIntegers());
        return List.of(x.broadcast(NdArray.commonShape(x.shape(), shape)));
    }

    private static List<NdArray> tile(NodeCall call) {
        NdArray x = call.input(0);
        long[] repeats = call.input(1).asIntegers();
        for (int axis = 0; axis < repeats.length; axis++) {
            List<NdArray> parts = new ArrayList<>();
            for (long i = 0; i < repeats[axis]; i++) {
                parts.add(x);
            }
            x = NdArray.concatenated(axis, parts);
        }
        return List.of(x);
    }

    private static List<NdArray> concat(NodeCall call) {
        List<NdArray> parts = new ArrayList<>();
        for (int i = 0; i < call.inputs().size(); i++) {
            parts.add(call.input(i));
        }
        return List.of(NdArray.concatenated(
                NodeCall.axis(call.integer("axis", 1), parts.get(0).rank()), parts));
    }

    private static List<NdArray> split(NodeCall call) {
        NdArray x = call.input(0);
        int axis = NodeCall.axis(call.integer("axis", 0), x.rank());
        long[] lengths = call.integers("split", 1);
        int count = lengths == null
                ? (int) call.integer("num_outputs", call.node().outputs().size())
                : lengths.length;
        int equal = (x.dim(axis) + count - 1) / count;
        List<NdArray> parts = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < count; i++) {
            int length = lengths == null ? Math.min(equal, x.dim(axis) - at) : (int) lengths[i];
            parts.add(x.sliced(axis, at, 1, length));
            at += length;
        }
        return parts;
    }

    private static List<NdArray> slice(NodeCall call) {
        NdArray x = call.input(0);
        long[] starts = call.requiredIntegers("starts", 1);
        long[] ends = call.requiredIntegers("ends", 2);
        long[] axes = call.integers("axes", 3);
        long[] steps = call.integers("steps", 4);
        for (int i = 0; i < starts.length; i++) {
            int axis = NodeCall.axis(axes == null ? i : axes[i], x.rank());
            int step = steps == null ? 1 : (int) steps[i];
            int length = x.dim(axis);
            long start = starts[i] < 0 ? starts[i] + length : starts[i];
            long end = ends[i] < 0 ? ends[i] + length : ends[i];
            start = Math.max(0, Math.min(step > 0 ? length : length - 1, start));
            end = Math.max(step > 0 ? 0 : -1, Math.min(length, end));
            long span = step > 0 ? end - start : start - end;
            int count = (int) Math.max(0, (span + Math.abs(step) - 1) / Math.abs(step));
            x = x.sliced(axis, (int) start, step, count);
        }
        return List.of(x);
    }

    private static List<NdArray> gatherElements(NodeCall call) {
        NdArray data = call.input(0);
        NdArray indices = call.input(1);
        double[] picked = new double[indices.size()];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = data.value(place(data, indices, i, call.integer("axis", 0)));
        }
        return List.of(new NdArray(data.type(), indices.shape(), picked));
    }

    private static List<NdArray> scatterElements(NodeCall call) {
        NdArray data = call.input(0);
        NdArray indices = call.input(1);
        double[] values = data.values();
        for (int i = 0; i < indices.size(); i++) {
            values[place(data, indices, i, call.integer("axis", 0))] =
                    call.input(2).value(i);
        }
        return List.of(new NdArray(data.type(), data.shape(), values));
    }

    /** Returns the place in an array of the element that element i of the indices names along an axis. */
    private static int place(NdArray data, NdArray indices, int i, long axis) {
        int along = NodeCall.axis(axis, data.rank());
        int rest = i;
        int place = 0;
        for (int dim = data.rank() - 1; dim >= 0; dim--) {
            int at = rest % indices.dim(dim);
            rest /= indices.dim(dim);
            int index = (int) indices.value(i);
            int counted = dim == along ? index < 0 ? index + data.dim(dim) : index : at;
            place += counted * data.after(dim);
        }
        return place;
    }

    private static List<NdArray> oneHot(NodeCall call) {
        NdArray indices = call.input(0);
        int depth = (int) call.input(1).value(0);
        NdArray values = call.input(2);
        int axis = NodeCall.axis(call.integer("axis", -1), indices.rank() + 1);
        double[] hot = new double[indices.size() * depth];
        Arrays.fill(hot, values.value(0));
        for (int i = 0; i < indices.size(); i++) {
            int index = (int) (indices.value(i) < 0 ? indices.value(i) + depth : indices.value(i));
            if (index >= 0 && index < depth) {
                hot[i * depth + index] = values.value(1);
            }
        }
        NdArray last = new NdArray(values.type(), NdArray.joined(indices.shape(), depth), hot);
        int[] order = new int[last.rank()];
        Arrays.setAll(order, i -> i < axis ? i : i == axis ? last.rank() - 1 : i - 1);
        return List.of(last.transposed(order));
    }
}

package io.lstmstreams.importer.verify;

import io.lstmstreams.event.Event;
import io.lstmstreams.importer.tensorflow.format.Npz;
import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences in named arrays of floating-point numbers, {@code .npz} or {@code .safetensors}: {@code x}, or an array for
 * each field of the input by its name, and {@code y}, or an array for each head by its name. The outputs are {@code
 * [sequences, steps, n]}, or {@code [steps, n]} for one sequence, or {@code [sequences, n]} for the last step of each.
 * The inputs have the same leading sizes, followed by the features, or by nothing if a number is the event's index.
 */
final class ExpectedArrays {
    private static final String INPUT = "x";
    private static final String OUTPUT = "y";

    private final String file;
    private final Model model;
    private final Map<String, Tensor> arrays;

    private ExpectedArrays(String file, Model model, Map<String, Tensor> arrays) {
        this.file = file;
        this.model = model;
        this.arrays = arrays;
    }

    /** Reads the file of a model. */
    static List<ExpectedSequence> read(Path path, Model model) {
        String file = path.toString();
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        if (file.endsWith(".npz")) {
            Npz npz = Npz.open(path, file);
            npz.variables().keySet().forEach(name -> arrays.put(name, npz.tensor(name)));
        } else {
            arrays.putAll(Safetensors.read(path).tensors());
        }
        return new ExpectedArrays(file, model, arrays).sequences();
    }

    /**
     * One input, as one value or vector for each step of each sequence.
     *
     * @param array the numbers, {@code [sequences * steps * features]}
     * @param sequences the number of sequences
     * @param steps the number of steps of each
     * @param features the size of the vector, or 0 for a single number
     */
    private record Input(Tensor array, int sequences, int steps, int features) {
        Event event(int step) {
            if (features == 0) {
                float value = array.values()[step];
                return value == Math.rint(value) && Math.abs(value) < 1L << 24
                        ? new Event.Index((long) value)
                        : new Event.Number(value);
            }
            return new Event.Vector(Arrays.copyOfRange(array.values(), step * features, (step + 1) * features));
        }
    }

    private List<ExpectedSequence> sequences() {
        Map<String, Tensor> outputs = outputs();
        Tensor anyOutput = outputs.values().iterator().next();
        Map<String, Input> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> field : fields().entrySet()) {
            inputs.put(field.getKey(), input(array(field.getKey()), field.getValue(), anyOutput));
        }
        Input first = inputs.values().iterator().next();
        inputs.forEach((name, input) -> {
            if (input.sequences() != first.sequences() || input.steps() != first.steps()) {
                throw sizes(input.array(), first.array());
            }
        });
        outputs.values().forEach(output -> checkLeading(output, first));
        List<ExpectedSequence> sequences = new ArrayList<>();
        for (int sequence = 0; sequence < first.sequences(); sequence++) {
            List<Event> events = new ArrayList<>();
            List<Map<String, float[]>> expected = new ArrayList<>();
            for (int step = 0; step < first.steps(); step++) {
                int at = sequence * first.steps() + step;
                events.add(event(inputs, at));
                expected.add(expected(outputs, sequence, step, first));
            }
            sequences.add(new ExpectedSequence(Integer.toString(sequence + 1), events, expected));
        }
        return sequences;
    }

    /** Returns the names of the input's arrays with the sizes of their vectors; 1 for a number or an index. */
    private Map<String, Integer> fields() {
        Map<String, Integer> fields = new LinkedHashMap<>();
        if (model.network().encoding() != InputEncoding.FIELDS) {
            fields.put(INPUT, model.network().inputSize());
            return fields;
        }
        for (InputField field : model.fields()) {
            if (field instanceof InputField.OneHot oneHot) {
                fields.put(name(oneHot.pointer()), oneHot.size());
            } else if (field instanceof InputField.Number number) {
                fields.put(name(number.pointer()), 1);
            } else if (field instanceof InputField.Vector vector) {
                fields.put(name(vector.pointer()), vector.size());
            }
        }
        return fields;
    }

    private static String name(String pointer) {
        return pointer.startsWith("/") ? pointer.substring(1) : pointer;
    }

    private static Event event(Map<String, Input> inputs, int at) {
        if (inputs.containsKey(INPUT) && inputs.size() == 1) {
            return inputs.get(INPUT).event(at);
        }
        Map<String, Event> fields = new HashMap<>();
        inputs.forEach((name, input) -> put(fields, name, input.event(at)));
        return new Event.Fields(fields);
    }

    private static void put(Map<String, Event> fields, String name, Event event) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            fields.put(name, event);
            return;
        }
        Event nested = fields.computeIfAbsent(name.substring(0, slash), key -> new Event.Fields(new HashMap<>()));
        put(((Event.Fields) nested).byName(), name.substring(slash + 1), event);
    }

    private Tensor array(String name) {
        Tensor array = arrays.get(name);
        if (array == null) {
            throw new Malformed(
                    file,
                    "has no array " + name + ": it must have " + String.join(" and ", fields().keySet())
                            + " for the inputs, but has " + String.join(", ", arrays.keySet()));
        }
        return array;
    }

    private Map<String, Tensor> outputs() {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Head head : model.network().heads()) {
            Tensor array = arrays.get(head.name());
            if (array == null && outputs.isEmpty()) {
                array = arrays.get(OUTPUT);
            }
            if (array != null) {
                if (array.shape().length < 2 || array.shape()[array.shape().length - 1] != head.outputs()) {
                    throw new Malformed(
                            file + ": array " + array.name(),
                            "must have the " + head.outputs() + " outputs of head " + head.name()
                                    + " as its last of two or three sizes, but has shape " + array.shapeText());
                }
                outputs.put(head.name(), array);
            }
        }
        if (outputs.isEmpty()) {
            throw new Malformed(
                    file,
                    "must have an array y for the outputs, or one by the name of a head ("
                            + String.join(
                                    ", ",
                                    model.network().heads().stream()
                                            .map(Head::name)
                                            .toList())
                            + "), but has " + String.join(", ", arrays.keySet()));
        }
        return outputs;
    }

    /** Finds out which sizes of an input are sequences, steps and features: those that fit an output. */
    private Input input(Tensor array, int size, Tensor output) {
        long[] shape = array.shape();
        int last = shape.length - 1;
        if (shape.length > 1 && shape[last] == size) {
            Input vectors = places(array, Arrays.copyOf(shape, last), size == 1 ? 0 : size);
            if (fits(output, vectors)) {
                return vectors;
            }
        }
        Input indexes = places(array, shape, 0);
        if (!fits(output, indexes)) {
            throw new Malformed(
                    file + ": array " + array.name(),
                    "must have the sizes sequences and steps, or only steps, and for vectors then " + size
                            + ", but has shape " + array.shapeText() + ", and " + output.name() + " has shape "
                            + output.shapeText());
        }
        return indexes;
    }

    private static Input places(Tensor array, long[] places, int features) {
        boolean one = places.length == 1;
        boolean valid = places.length == 1 || places.length == 2;
        return new Input(
                array, !valid ? 0 : one ? 1 : (int) places[0], !valid ? 0 : (int) places[one ? 0 : 1], features);
    }

    /** Returns whether an output belongs to each step of an input, or to the last step of each sequence. */
    private static boolean fits(Tensor output, Input input) {
        long[] shape = output.shape();
        boolean each = shape.length == 3 && shape[0] == input.sequences() && shape[1] == input.steps();
        boolean single = shape.length == 2 && input.sequences() == 1 && shape[0] == input.steps();
        boolean last = shape.length == 2 && shape[0] == input.sequences();
        return input.steps() > 0 && (each || single || last);
    }

    private void checkLeading(Tensor output, Input input) {
        if (!fits(output, input)) {
            throw sizes(output, input.array());
        }
    }

    private Malformed sizes(Tensor array, Tensor other) {
        return new Malformed(
                file + ": array " + array.name(),
                "has shape " + array.shapeText() + ", which does not fit that of " + other.name() + ", "
                        + other.shapeText() + ": both begin with the sequences and steps");
    }

    private static Map<String, float[]> expected(Map<String, Tensor> outputs, int sequence, int step, Input input) {
        Map<String, float[]> expected = new LinkedHashMap<>();
        outputs.forEach((head, array) -> {
            long[] shape = array.shape();
            int size = (int) shape[shape.length - 1];
            boolean each = shape.length == 3 || (input.sequences() == 1 && shape[0] == input.steps());
            int at = each ? sequence * input.steps() + step : sequence;
            if (each || step == input.steps() - 1) {
                expected.put(head, Arrays.copyOfRange(array.values(), at * size, (at + 1) * size));
            }
        });
        return expected;
    }
}

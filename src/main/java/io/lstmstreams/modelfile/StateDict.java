package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of a PyTorch {@code state_dict}, sorted by what their names say: the parameters of one {@code nn.LSTM}
 * ({@code lstm.weight_ih_l0}, {@code [4H, X]}, rows in gate order i, f, g, o; two biases that are added) and of one
 * {@code nn.Linear}. See pytorch.org/docs, {@code torch.nn.LSTM}, "Variables".
 */
final class StateDict {
    private static final Pattern RECURRENT = Pattern.compile(
            "(?:(.+)\\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(0|[1-9]\\d{0,3})(_reverse)?",
            Pattern.DOTALL);
    private static final Pattern LINEAR = Pattern.compile("(?:(.+)\\.)?(weight|bias)", Pattern.DOTALL);

    private final String where;
    private final TreeMap<Integer, Map<String, Tensor>> layers = new TreeMap<>(); // by layer, then by parameter
    private final Map<String, Map<String, Tensor>> linears = new LinkedHashMap<>(); // by module, then by parameter
    private String lstm; // the module's name

    private StateDict(String where) {
        this.where = where;
    }

    /**
     * Sorts the tensors.
     *
     * @param where the file, for errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if they are no LSTM with a dense head
     */
    static StateDict of(Map<String, Tensor> tensors, String where) {
        StateDict dict = new StateDict(where);
        tensors.values().forEach(dict::sort);
        dict.check();
        return dict;
    }

    private void sort(Tensor tensor) {
        Matcher recurrent = RECURRENT.matcher(tensor.name());
        if (recurrent.matches()) {
            if (recurrent.group(4) != null) {
                throw unsupported(
                        tensor,
                        "belongs to a bidirectional layer, which needs the whole sequence and cannot run one step at a time");
            }
            if (recurrent.group(2).equals("weight_hr")) {
                throw unsupported(tensor, "belongs to an LSTM with a projection (proj_size), which is not supported");
            }
            String module = recurrent.group(1) == null ? "" : recurrent.group(1);
            if (lstm != null && !lstm.equals(module)) {
                throw unsupported(
                        tensor, "belongs to a second recurrent module beside " + lstm + ", which is not supported");
            }
            lstm = module;
            layers.computeIfAbsent(Integer.valueOf(recurrent.group(3)), layer -> new LinkedHashMap<>())
                    .put(recurrent.group(2), tensor);
            return;
        }
        Matcher linear = LINEAR.matcher(tensor.name());
        if (!linear.matches()) {
            throw unsupported(tensor, "belongs to no layer that is supported here (nn.LSTM and nn.Linear are)");
        }
        String module = linear.group(1) == null ? "" : linear.group(1);
        linears.computeIfAbsent(module, name -> new LinkedHashMap<>()).put(linear.group(2), tensor);
    }

    private void check() {
        if (layers.isEmpty()) {
            throw new Unsupported(where, "holds no LSTM (no tensor is named like lstm.weight_ih_l0)");
        }
        if (layers.lastKey() != layers.size() - 1) {
            throw new Malformed(where, "holds LSTM layers " + layers.keySet() + ", one is missing");
        }
        if (linears.isEmpty()) {
            throw new Unsupported(where, "holds no dense head (no tensor is named like fc.weight)");
        }
        if (linears.size() > 1) {
            throw new Unsupported(where, "holds more than one layer beside the LSTM: " + linears.keySet());
        }
    }

    /** What shapes and names say of the model, as a spec. */
    ObjectNode inferredSpec() {
        List<LstmLayer> lstmLayers = lstmLayers(List.of());
        int inputSize = lstmLayers.get(0).inputSize();
        ObjectNode spec = ModelSpec.JSON.createObjectNode();
        spec.putObject("input")
                .put("encoding", InputEncoding.ONE_HOT.specName())
                .put("size", inputSize);
        lstmLayers.forEach(layer ->
                spec.withArray("/layers").addObject().put("cell", "lstm").put("units", layer.units()));
        linears.forEach((name, parameters) -> {
            Tensor weight = parameters.get("weight");
            boolean predictsEvents = weight != null && weight.shape().length > 0 && weight.shape()[0] == inputSize;
            Activation activation = predictsEvents ? Activation.SOFTMAX : Activation.LINEAR;
            spec.withArray("/heads").addObject().put("name", name).put("activation", activation.specName());
        });
        return spec;
    }

    /**
     * The LSTM's layers, from the input upwards.
     *
     * @param forgetBiases for each layer what is added to the forget gate's bias; 0 for layers that the list does not reach
     */
    List<LstmLayer> lstmLayers(List<Float> forgetBiases) {
        List<LstmLayer> result = new ArrayList<>();
        long inputSize = -1; // of the first layer: whatever it is
        for (Map.Entry<Integer, Map<String, Tensor>> layer : layers.entrySet()) {
            int index = layer.getKey();
            float forgetBias = index < forgetBiases.size() ? forgetBiases.get(index) : 0f;
            LstmLayer lstmLayer = lstmLayer(index, layer.getValue(), inputSize, forgetBias);
            inputSize = lstmLayer.units();
            result.add(lstmLayer);
        }
        return result;
    }

    private LstmLayer lstmLayer(int index, Map<String, Tensor> parameters, long inputSize, float forgetBias) {
        Tensor weightHh = matrix(parameters.get("weight_hh"), "LSTM layer " + index + " has no weight_hh");
        Tensor weightIh = matrix(parameters.get("weight_ih"), "LSTM layer " + index + " has no weight_ih");
        long units = weightHh.shape()[1];
        long rows = LstmLayer.GATES * units;
        if (units > 0 && (weightHh.hasShape(3 * units, units) || weightHh.hasShape(units, units))) {
            boolean gru = weightHh.hasShape(3 * units, units);
            throw unsupported(
                    weightHh,
                    "belongs to " + (gru ? "a GRU" : "a simple RNN") + " by its shape " + weightHh.shapeText()
                            + ", which is not supported");
        }
        expect(weightHh, rows, units);
        expect(weightIh, rows, inputSize < 0 ? weightIh.shape()[1] : inputSize);
        float[] bias = bias(index, parameters, (int) rows);
        for (int i = (int) units; i < 2 * units; i++) {
            bias[i] += forgetBias;
        }
        checkFinite(index, bias);
        return new LstmLayer((int) weightIh.shape()[1], (int) units, weightIh.values(), weightHh.values(), bias);
    }

    private float[] bias(int index, Map<String, Tensor> parameters, int rows) {
        Tensor biasIh = parameters.get("bias_ih");
        Tensor biasHh = parameters.get("bias_hh");
        if ((biasIh == null) != (biasHh == null)) {
            throw new Malformed(where, "LSTM layer " + index + " has no " + (biasIh == null ? "bias_ih" : "bias_hh"));
        }
        float[] sum = new float[rows];
        if (biasIh != null) {
            expect(biasIh, rows);
            expect(biasHh, rows);
            for (int i = 0; i < rows; i++) {
                sum[i] = biasIh.values()[i] + biasHh.values()[i];
            }
        }
        return sum;
    }

    /** Each summand is finite, their sum may not be. */
    private void checkFinite(int layer, float[] bias) {
        for (int i = 0; i < bias.length; i++) {
            if (!Float.isFinite(bias[i])) {
                throw new Malformed(
                        where, "LSTM layer " + layer + ": element " + i + " of the biases' sum is not a finite number");
            }
        }
    }

    int headCount() {
        return linears.size();
    }

    /**
     * The dense heads.
     *
     * @param names for each head its name in the spec
     * @param activations for each head what its logits go through
     */
    List<Head> heads(List<String> names, List<Activation> activations) {
        List<Head> heads = new ArrayList<>();
        for (Map<String, Tensor> parameters : linears.values()) {
            String name = names.get(heads.size());
            Tensor weight = matrix(parameters.get("weight"), "head " + name + " has no weight");
            int outputs = (int) weight.shape()[0];
            Tensor bias = parameters.get("bias");
            if (bias != null) {
                expect(bias, outputs);
            }
            heads.add(new Head(
                    name,
                    activations.get(heads.size()),
                    (int) weight.shape()[1],
                    outputs,
                    weight.values(),
                    bias == null ? new float[outputs] : bias.values()));
        }
        return heads;
    }

    private Tensor matrix(Tensor tensor, String missing) {
        if (tensor == null) {
            throw new Malformed(where, missing);
        }
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", a matrix was expected");
        }
        return tensor;
    }

    private void expect(Tensor tensor, long... shape) {
        if (!tensor.hasShape(shape)) {
            throw malformed(tensor, "has shape " + tensor.shapeText() + ", expected " + Tensor.text(shape));
        }
    }

    private Malformed malformed(Tensor tensor, String what) {
        return new Malformed(where + ": tensor " + tensor.name(), what);
    }

    private Unsupported unsupported(Tensor tensor, String what) {
        return new Unsupported(where + ": tensor " + tensor.name(), what);
    }
}

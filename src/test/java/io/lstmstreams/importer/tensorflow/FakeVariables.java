package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.tensorflow.format.VariableFile;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** An invented file of variables: every tensor has the elements 0, 1, 2, ... */
final class FakeVariables implements VariableFile {
    static final String FILE = "fake.npz";
    private final Map<String, Variable> variables = new LinkedHashMap<>();
    private final Map<String, String> fullNames = new LinkedHashMap<>();
    private KerasOptions keras = KerasOptions.UNKNOWN;

    FakeVariables with(String name, long... shape) {
        variables.put(name, new Variable(name, shape, "float32", true));
        return this;
    }

    FakeVariables withInts(String name, long... shape) {
        variables.put(name, new Variable(name, shape, "int64", false));
        return this;
    }

    /** Adds a variable of TensorFlow 2: its key, and its name in the object graph. */
    FakeVariables withKey(String key, String fullName, long... shape) {
        fullNames.put(key + "/.ATTRIBUTES/VARIABLE_VALUE", fullName);
        return with(key + "/.ATTRIBUTES/VARIABLE_VALUE", shape);
    }

    /** Adds an LSTM cell in a scope. */
    FakeVariables withLstm(String scope, int inputs, int units) {
        return with(scope + "/kernel", inputs + units, 4L * units).with(scope + "/bias", 4L * units);
    }

    FakeVariables withDense(String scope, int inputs, int outputs) {
        return with(scope + "/kernel", inputs, outputs).with(scope + "/bias", outputs);
    }

    FakeVariables with(KerasOptions options) {
        keras = options;
        return this;
    }

    CompleteDraft draft() {
        return draft("{}");
    }

    CompleteDraft draft(String spec) {
        try {
            ObjectNode userSpec = (ObjectNode) new ObjectMapper().readTree(spec);
            return Inference.complete(
                    DraftWriter.write(Variables.of(this, fullNames, FILE), keras, userSpec), userSpec);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Map<String, Variable> variables() {
        return variables;
    }

    @Override
    public Tensor tensor(String name) {
        long[] shape = variables.get(name).shape();
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return new Tensor(name, shape, values);
    }
}

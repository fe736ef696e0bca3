package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.tensorflow.format.VariableFile;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of variables that is none: every tensor counts 0, 1, 2, ... through its elements. */
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

    /** A variable of TensorFlow 2: its key, and the name that the object graph gives it. */
    FakeVariables withKey(String key, String fullName, long... shape) {
        fullNames.put(key + "/.ATTRIBUTES/VARIABLE_VALUE", fullName);
        return with(key + "/.ATTRIBUTES/VARIABLE_VALUE", shape);
    }

    /** An LSTM cell, by its scope. */
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

    Draft draft() {
        return draft("{}");
    }

    Draft draft(String spec) {
        try {
            return DraftBuilder.build(Variables.of(this, fullNames, FILE), keras, new ObjectMapper().readTree(spec));
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

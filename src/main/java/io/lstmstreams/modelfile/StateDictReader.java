package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.util.ServiceLoader;

/**
 * Reads a PyTorch {@code state_dict} in safetensors. {@link ModelFile} finds the implementation on the class path with
 * a {@link ServiceLoader}. An application that loads only files that {@code import} wrote needs no implementation.
 */
public interface StateDictReader {
    /** Returns whether a tensor is a counter of the training: an integer that inference does not need. */
    boolean isCounter(String tensor);

    /**
     * Reads a state_dict.
     *
     * @param stateDict the tensors, in any order
     * @param where the file's name, for errors
     * @param spec a spec in JSON, complete or partial, perhaps empty
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the tensors are not those of a supported model
     */
    ModelContent read(TensorFile stateDict, String where, ObjectNode spec);

    /** Returns the reader on the class path, or one that refuses every file. */
    static StateDictReader available() {
        return ServiceLoader.load(StateDictReader.class, StateDictReader.class.getClassLoader())
                .findFirst()
                .orElse(new StateDictReader() {
                    @Override
                    public boolean isCounter(String tensor) {
                        return false;
                    }

                    @Override
                    public ModelContent read(TensorFile stateDict, String where, ObjectNode spec) {
                        throw new Unsupported(
                                where,
                                "is not a model file of lstm-streams; convert the file with lstm-streams import");
                    }
                });
    }
}

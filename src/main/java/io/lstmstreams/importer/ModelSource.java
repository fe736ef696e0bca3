package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.keras.KerasImporter;
import io.lstmstreams.importer.onnx.OnnxImporter;
import io.lstmstreams.importer.tensorflow.TensorFlowImporter;
import io.lstmstreams.importer.tensorflow.format.Npz;
import io.lstmstreams.importer.torch.TorchImporter;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The framework that wrote a file, recognised by the ending of the file's name, or else by the file's first bytes. */
enum ModelSource {
    /** PyTorch's tensors, or our own model file. */
    SAFETENSORS(Set.of("safetensors")),
    /** Files written by torch.save. */
    TORCH(Set.of("pt", "pth", "pth.tar", "pkl", "bin", "ckpt.pt")),
    /** Keras 1 to 3. */
    KERAS(Set.of("keras", "h5", "hdf5", "hdf")),
    /** Checkpoints and SavedModels. */
    TENSORFLOW(Set.of("index", "npz")),
    /** The exchange format. */
    ONNX(Set.of("onnx"));

    private static final int MAGIC_BYTES = 9;
    private static final List<Integer> HDF5 = List.of(0x89, 0x48, 0x44, 0x46);
    private static final List<Integer> ZIP = List.of(0x50, 0x4b);

    /** Advice for files that hold a model in no form that can be read, by a pattern of their names. */
    private static final Map<String, String> INSTEAD = new TreeMap<>(Map.of(
            "saved_model\\.pb|keras_metadata\\.pb",
            "is part of a SavedModel; give its folder",
            "(?!saved_model|keras_metadata).*\\.pb",
            "is a graph of TensorFlow whose variables are constants; give the checkpoint or the SavedModel that it was"
                    + " made from, or convert it to .onnx with tf2onnx",
            ".*\\.(pbtxt|meta)",
            "is a graph of TensorFlow without variables; give the checkpoint, its .index file",
            ".*\\.tflite",
            "is a model of TensorFlow Lite; give the model that it was made from: .keras, a SavedModel or a checkpoint",
            "checkpoint",
            "is a list of checkpoints; give the .index file of one of them"));

    private final Set<String> endings;

    ModelSource(Set<String> endings) {
        this.endings = endings;
    }

    /**
     * Returns the source of a path.
     *
     * @throws Inaccessible if the file cannot be read
     * @throws Unsupported if the file is of another kind
     */
    static ModelSource of(Path path) {
        String name =
                path.getFileName() == null ? "" : path.getFileName().toString().toLowerCase(Locale.ROOT);
        for (ModelSource source : values()) {
            if (source.endings.stream().anyMatch(ending -> name.endsWith("." + ending))) {
                return source == SAFETENSORS && Files.isRegularFile(path) && isTorch(magic(path)) ? TORCH : source;
            }
        }
        if (TensorFlowImporter.recognises(path)) {
            return TENSORFLOW;
        }
        INSTEAD.forEach((pattern, instead) -> {
            if (name.matches(pattern) && Files.isRegularFile(path)) {
                throw new Unsupported(path.toString(), instead);
            }
        });
        if (Files.isDirectory(path)) {
            throw new Unsupported(path.toString(), "is a folder, but not a SavedModel: saved_model.pb is missing");
        }
        if (!Files.exists(path)) {
            throw new Inaccessible(path.toString(), "does not exist", null);
        }
        return byContent(path);
    }

    private static byte[] magic(Path path) {
        return FileReading.read(path, path.toString(), () -> {
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(MAGIC_BYTES);
            }
        });
    }

    /** Returns whether a file is a zip or a pickle; a safetensors file of such a length would not begin with a brace. */
    private static boolean isTorch(byte[] magic) {
        boolean json = magic.length == MAGIC_BYTES && magic[MAGIC_BYTES - 1] == '{';
        return !json && (startsWith(magic, ZIP) || startsWith(magic, List.of(0x80)));
    }

    private static ModelSource byContent(Path path) {
        byte[] magic = magic(path);
        if (startsWith(magic, HDF5)) {
            return KERAS;
        }
        if (isTorch(magic)) {
            return TORCH;
        }
        if (magic.length == MAGIC_BYTES && magic[MAGIC_BYTES - 1] == '{') {
            return SAFETENSORS; // eight bytes of length, then JSON
        }
        String endings = String.join(
                ", ",
                Arrays.stream(values())
                        .flatMap(source -> source.endings.stream().sorted())
                        .map(ending -> "." + ending)
                        .toList());
        throw new Unsupported(
                path.toString(),
                "is not recognised as a model file by its ending or its first bytes; supported: " + endings
                        + " and folders of SavedModels");
    }

    /** Reads an {@code .npz} of PyTorch's or JAX' parameters, or else a file of TensorFlow. */
    private static Draft arrays(Path path, String file, ObjectNode spec) {
        if (file.toLowerCase(Locale.ROOT).endsWith(".npz")) {
            Npz npz = Npz.open(path, file);
            if (TorchImporter.recognises(npz.variables().keySet())) {
                Map<String, Tensor> tensors = new LinkedHashMap<>();
                npz.variables().keySet().forEach(name -> tensors.put(name, npz.tensor(name)));
                return TorchImporter.of(new TensorFile(tensors, Map.of()), file, spec);
            }
        }
        return TensorFlowImporter.read(path, file, spec);
    }

    private static boolean startsWith(byte[] bytes, List<Integer> magic) {
        for (int i = 0; i < magic.size(); i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != magic.get(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads a framework's file, unless the file is in safetensors, which {@link io.lstmstreams.modelfile.ModelFile}
     * reads.
     *
     * @param architecture the separate configuration of a Keras model, if there is one
     */
    Draft read(Path path, ObjectNode spec, @Nullable Path architecture) {
        String file = path.toString();
        return switch (this) {
            case TORCH -> TorchImporter.read(path, file, spec);
            case KERAS -> KerasImporter.read(path, file, spec, architecture);
            case TENSORFLOW -> arrays(path, file, spec);
            case ONNX -> OnnxImporter.read(path, file);
            case SAFETENSORS -> throw new IllegalStateException("safetensors are read by ModelFile");
        };
    }
}

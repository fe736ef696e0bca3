package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/**
 * Loads and saves model files. One {@code .safetensors} file holds the tensors and, in its metadata under
 * {@value #SPEC_KEY}, the spec.
 *
 * <p>A plain PyTorch {@code state_dict} in safetensors has no spec: the spec is then read from a file of the same name
 * with the ending {@code .json}, and a {@link StateDictReader} derives missing settings from the tensors' names and
 * shapes.
 */
@API(status = API.Status.STABLE)
public final class ModelFile {
    /** The metadata key of the spec. */
    public static final String SPEC_KEY = "lstm-streams";

    private static final Pattern ENDINGS =
            Pattern.compile("\\.(safetensors|pt|pth|bin|keras|weights\\.h5|h5|hdf5|ckpt|index|ckpt\\.index|npz|onnx)$");
    private static final Pattern URI_SCHEME =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:"); // at least two letters: C:\ is not a scheme

    private ModelFile() {}

    /**
     * Reads a model.
     *
     * @param location a path, or a URI such as {@code file:} or {@code https:}
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    public static Model load(String location) {
        try {
            if (!URI_SCHEME.matcher(location).lookingAt()) {
                return load(Path.of(location));
            }
            URI uri = uri(location);
            return "file".equalsIgnoreCase(uri.getScheme()) ? load(Path.of(uri)) : download(uri);
        } catch (IllegalArgumentException e) {
            throw new Inaccessible(
                    Download.shown(location), "is not a readable path or URI (" + e.getMessage() + ")", null);
        }
    }

    /**
     * Reads a model.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    public static Model load(Path path) {
        return load(path, SpecJson.MAPPER.createObjectNode());
    }

    /**
     * Reads a model with a spec laid over the file's own or inferred spec.
     *
     * @param spec a spec in JSON, complete or partial; its fields take precedence
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    public static Model load(Path path, ObjectNode spec) {
        return load(path, spec, StateDictReader.available());
    }

    /**
     * Reads a model with a spec laid over the file's own or inferred spec.
     *
     * @param spec a spec in JSON, complete or partial; its fields take precedence
     * @param stateDicts the reader of files whose tensors have PyTorch's names and not ours
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    @API(status = API.Status.INTERNAL)
    public static Model load(Path path, ObjectNode spec, StateDictReader stateDicts) {
        return load(path, path.toString(), nameOf(path), spec, stateDicts);
    }

    /**
     * @param where the file's name for the user, for errors
     * @param name the model's name if no spec has one
     */
    private static Model load(Path path, String where, String name, ObjectNode spec, StateDictReader stateDicts) {
        TensorFile file = Safetensors.read(path, where, stateDicts::isCounter);
        ObjectNode stored = storedSpec(file, path, where);
        return ModelTensors.read(file.tensors(), stored)
                .orElseGet(() -> {
                    ModelContent read = stateDicts.read(file, where, SpecJson.merge(stored, spec));
                    return new ModelContent(SpecJson.merge(read.spec(), stored), read.layers(), read.heads());
                })
                .toModel(spec, where, name);
    }

    private static ObjectNode storedSpec(TensorFile file, Path path, String where) {
        String stored = file.metadata().get(SPEC_KEY);
        if (stored != null) {
            return SpecJson.parse(stored, where + ": metadata " + SPEC_KEY);
        }
        Path beside = path.resolveSibling(nameOf(path) + ".json");
        return Files.isRegularFile(beside) ? readSpec(beside) : SpecJson.MAPPER.createObjectNode();
    }

    /**
     * Reads a spec from a JSON file.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file is not a JSON object
     */
    public static ObjectNode readSpec(Path path) {
        return SpecJson.read(path);
    }

    /**
     * Reads a spec from JSON.
     *
     * @param where the text's place, for errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the text is not a JSON object
     */
    public static ObjectNode parseSpec(String text, String where) {
        return SpecJson.parse(text, where);
    }

    private static URI uri(String location) {
        try {
            return new URI(location);
        } catch (URISyntaxException e) { // its message shows the whole URI
            throw new Inaccessible(
                    Download.shown(location), "is not a readable path or URI (" + e.getReason() + ")", null);
        }
    }

    /** Returns a path or URI that may be shown: without user, password and query. */
    public static String shown(String location) {
        return Download.shown(location);
    }

    /**
     * Copies a file.
     *
     * @param location a path, or a URI such as {@code file:} or {@code https:}
     * @param target the local copy, which is overwritten
     * @param maxBytes the file's greatest size in bytes
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file does not exist or is larger
     */
    public static void fetch(String location, Path target, long maxBytes) {
        Download.fetch(
                URI_SCHEME.matcher(location).lookingAt()
                        ? uri(location)
                        : Path.of(location).toUri(),
                target,
                maxBytes);
    }

    private static Model download(URI uri) {
        try (TemporaryModelFile copy = TemporaryModelFile.create()) {
            Download.fetch(uri, copy.path(), Long.MAX_VALUE);
            String file = uri.getPath() != null ? uri.getPath() : uri.getSchemeSpecificPart();
            return load(
                    copy.path(),
                    Download.shown(uri.toString()),
                    withoutEnding(file.substring(file.lastIndexOf('/') + 1)),
                    SpecJson.MAPPER.createObjectNode(),
                    StateDictReader.available());
        } catch (IOException e) {
            throw new Inaccessible("a temporary file", "cannot be written (" + e + ")", e);
        }
    }

    /**
     * Writes a model with its spec into one file, which PyTorch can read as a {@code state_dict} as well.
     *
     * @throws Inaccessible if the file cannot be written
     */
    public static void save(Model model, Path path) {
        Safetensors.write(new TensorFile(ModelTensors.of(model.network()), Map.of(SPEC_KEY, spec(model))), path);
    }

    /** Returns a model's spec as one line of JSON. */
    public static String spec(Model model) {
        return SpecWriter.write(model);
    }

    /** Returns the name of the model of a file: the file's name without its ending. */
    public static String nameOf(Path path) {
        return withoutEnding(
                path.getFileName() == null ? "" : path.getFileName().toString());
    }

    private static String withoutEnding(String file) {
        return ENDINGS.matcher(file).replaceFirst("");
    }
}

package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names that the pickle of a state_dict may use, and the objects that they create. Every other name is refused; no
 * name is looked up as a class or run as a function.
 */
class TorchGlobals {
    private static final int MAX_RANK = 64; // PyTorch's own limit
    private static final Pattern CLASS_NAME = Pattern.compile("_*\\p{Lu}.*", Pattern.DOTALL);

    private static final Map<String, Kind> FUNCTIONS = Map.ofEntries(
            Map.entry("collections.OrderedDict", Kind.DICTIONARY),
            Map.entry("collections.defaultdict", Kind.DICTIONARY),
            Map.entry("collections.Counter", Kind.DICTIONARY),
            Map.entry("builtins.dict", Kind.DICTIONARY),
            Map.entry("__builtin__.dict", Kind.DICTIONARY),
            Map.entry("lightning.fabric.utilities.data.AttributeDict", Kind.DICTIONARY),
            Map.entry("pytorch_lightning.utilities.parsing.AttributeDict", Kind.DICTIONARY),
            Map.entry("torch._utils._rebuild_tensor", Kind.TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v2", Kind.TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v3", Kind.TENSOR_WITH_TYPE),
            Map.entry("torch._utils._rebuild_parameter", Kind.PARAMETER),
            Map.entry("torch._utils._rebuild_parameter_with_state", Kind.PARAMETER),
            Map.entry("torch._tensor._rebuild_from_type_v2", Kind.SUBCLASS),
            Map.entry("torch.Size", Kind.SEQUENCE),
            Map.entry("torch.jit._pickle.restore_type_tag", Kind.SEQUENCE),
            Map.entry("torch.jit._pickle.build_tensorlist", Kind.SEQUENCE),
            Map.entry("torch.jit._pickle.build_intlist", Kind.SEQUENCE),
            Map.entry("torch.jit._pickle.build_doublelist", Kind.SEQUENCE),
            Map.entry("torch.jit._pickle.build_boollist", Kind.SEQUENCE));

    /** Harmless objects beside a state_dict, represented by their names only. */
    private static final Set<String> OPAQUE = Set.of(
            "argparse.Namespace",
            "types.SimpleNamespace",
            "pathlib.Path",
            "pathlib.PurePath",
            "pathlib.PosixPath",
            "pathlib.PurePosixPath",
            "pathlib.WindowsPath",
            "datetime.date",
            "datetime.datetime",
            "datetime.timedelta",
            "numpy.dtype",
            "numpy.ndarray",
            "numpy.core.multiarray.scalar",
            "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray.scalar",
            "numpy._core.multiarray._reconstruct",
            "_codecs.encode",
            "torch.device",
            "torch.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.nn.parameter.Buffer",
            "torch.serialization._get_layout");

    private static final Set<String> BUILTIN_TYPES = Set.of(
            "set",
            "frozenset",
            "list",
            "tuple",
            "int",
            "float",
            "complex",
            "bool",
            "str",
            "bytes",
            "bytearray",
            "object",
            "slice",
            "range",
            "long",
            "unicode");

    private static final Map<String, String> REFUSED = Map.of(
            "_rebuild_qtensor", "is quantised",
            "_rebuild_sparse_tensor", "is sparse",
            "_rebuild_sparse_csr_tensor", "is sparse",
            "_rebuild_nested_tensor", "is nested",
            "_rebuild_wrapper_subclass", "is of a class other than torch.Tensor",
            "_rebuild_meta_tensor_no_storage", "is on the meta device and therefore has no numbers");

    /** The kind of object that a name creates. */
    enum Kind {
        DICTIONARY,
        TENSOR,
        TENSOR_WITH_TYPE,
        PARAMETER,
        SUBCLASS,
        SEQUENCE,
        STORAGE,
        OPAQUE
    }

    /**
     * A known name.
     *
     * @param type the type of a storage's class or a dtype; absent for other names
     */
    record Global(String name, Kind kind, @Nullable StorageType type) {}

    private final String file;
    private final boolean torchScript;

    /**
     * Creates the table.
     *
     * @param torchScript true for a TorchScript archive, whose modules are objects of their own classes
     */
    TorchGlobals(String file, boolean torchScript) {
        this.file = file;
        this.torchScript = torchScript;
    }

    /** Returns the global of a name. Names that are not in the tables are refused. */
    Global find(String module, String name) {
        String full = module + "." + name;
        Kind function = FUNCTIONS.get(full);
        if (function != null) {
            return new Global(full, function, null);
        }
        StorageType type = storageType(module, name);
        if (type != null) {
            return new Global(full, Kind.STORAGE, type);
        }
        boolean builtin = (module.equals("builtins") || module.equals("__builtin__")) && BUILTIN_TYPES.contains(name);
        boolean numpyType =
                module.equals("numpy.dtypes") && CLASS_NAME.matcher(name).matches();
        boolean layout = module.equals("torch") && (name.equals("strided") || name.endsWith("_format"));
        boolean script = torchScript && module.startsWith("__torch__");
        if (builtin || numpyType || layout || script || OPAQUE.contains(full)) {
            return new Global(full, Kind.OPAQUE, null);
        }
        throw refused(full, name);
    }

    private static @Nullable StorageType storageType(String module, String name) {
        if (!module.equals("torch") && !module.equals("torch.cuda") && !module.equals("torch.storage")) {
            return null;
        }
        StorageType storage = StorageType.ofClass(name);
        return storage != null || !module.equals("torch") ? storage : StorageType.ofDtype(name);
    }

    private Unsupported refused(String full, String name) {
        if (full.startsWith("torch._utils.") && REFUSED.containsKey(name)) {
            return new Unsupported(
                    file, "contains a tensor that " + REFUSED.get(name) + " (" + full + "), which is not supported");
        }
        if (full.matches("torch\\.(cuda\\.)?QU?Int.*Storage|torch\\.ScriptObject")) {
            return new Unsupported(
                    file,
                    "contains a layer that is quantised (" + full + "), which is not supported; save the state_dict"
                            + " before quantisation");
        }
        if (CLASS_NAME.matcher(name).matches()) {
            return new Unsupported(
                    file,
                    "contains an object of the Python class " + full + ", but classes are never loaded; save the"
                            + " parameters only, with torch.save(model.state_dict(), ...)");
        }
        return new Unsupported(file, "its pickle calls " + full + ", which a state_dict does not need; it was not run");
    }

    /** Returns the object that a call of a known name creates. */
    Object call(Global global, List<?> arguments, PickleInput in) {
        return switch (global.kind()) {
            case TENSOR -> tensor(arguments, null, in);
            case TENSOR_WITH_TYPE -> tensor(arguments, dtype(arguments, in), in);
            case PARAMETER -> argument(arguments, 0, StoredTensor.class, in);
            case SUBCLASS -> subclass(arguments, in);
            case SEQUENCE -> arguments.isEmpty() ? List.of() : arguments.get(0);
            default -> new PickledObject(global.name());
        };
    }

    private static StorageType dtype(List<?> arguments, PickleInput in) {
        StorageType type = argument(arguments, 6, Global.class, in).type();
        if (type == null) {
            throw in.malformed("the type of a tensor is not a dtype");
        }
        return type;
    }

    /**
     * Returns a tensor of a subclass, such as a parameter with attributes: {@code (function, class, arguments,
     * attributes)}.
     */
    private Object subclass(List<?> arguments, PickleInput in) {
        Global function = argument(arguments, 0, Global.class, in);
        if (function.kind() == Kind.SUBCLASS) {
            throw in.malformed("a tensor is built from itself");
        }
        return call(function, argument(arguments, 2, List.class, in), in);
    }

    private static StoredTensor tensor(List<?> arguments, @Nullable StorageType type, PickleInput in) {
        StoredTensor.Storage storage = argument(arguments, 0, StoredTensor.Storage.class, in);
        long[] shape = sizes(argument(arguments, 2, List.class, in), in);
        long[] strides = sizes(argument(arguments, 3, List.class, in), in);
        long offset = argument(arguments, 1, Long.class, in);
        if (shape.length != strides.length || offset < 0) {
            throw in.malformed("a tensor has " + shape.length + " sizes and " + strides.length + " strides");
        }
        Object last = arguments.get(arguments.size() - 1); // {"conj": True} or {"neg": True} change the values
        if (arguments.size() > 6 && last instanceof Map<?, ?> flags && flags.containsValue(true)) {
            throw in.malformed("a tensor is a conjugate or negated view, which is not supported");
        }
        return new StoredTensor(storage, type == null ? storage.type() : type, offset, shape, strides);
    }

    private static long[] sizes(List<?> list, PickleInput in) {
        if (list.size() > MAX_RANK) {
            throw in.malformed("a tensor must have at most " + MAX_RANK + " dimensions, but has " + list.size());
        }
        long[] sizes = new long[list.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!(list.get(i) instanceof Long size) || size < 0) {
                throw in.malformed("a tensor's size or stride must be an integer of at least 0");
            }
            sizes[i] = size;
        }
        return sizes;
    }

    private static <T> T argument(List<?> arguments, int index, Class<T> type, PickleInput in) {
        if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
            throw in.malformed("argument " + index + " of a tensor is missing or of the wrong type");
        }
        return type.cast(arguments.get(index));
    }

    /** Returns a storage: {@code ('storage', class, key, location, elements[, (view's key, offset, elements)])}. */
    StoredTensor.Storage persistent(@Nullable Object id) {
        if (id instanceof List<?> tuple && tuple.size() > 1 && "module".equals(tuple.get(0))) {
            throw new Unsupported(
                    file,
                    "contains a whole Python module; save the parameters only, with torch.save(model.state_dict(), ...)");
        }
        if (!(id instanceof List<?> tuple)
                || tuple.size() < 5
                || !"storage".equals(tuple.get(0))
                || !(tuple.get(1) instanceof Global global)
                || global.type() == null
                || !(tuple.get(2) instanceof String key)
                || !(tuple.get(4) instanceof Long elements)
                || elements < 0
                || elements > Long.MAX_VALUE / 16) {
            throw new Unsupported(file, "its pickle refers to an external object that is not a storage");
        }
        long base = 0;
        if (tuple.size() > 5 && tuple.get(5) instanceof List<?> view) {
            if (view.size() != 3 || !(view.get(1) instanceof Long offset) || offset < 0 || offset > elements) {
                throw new Unsupported(file, "storage " + key + " is a view of an unknown form");
            }
            base = offset;
        }
        return new StoredTensor.Storage(key, global.type(), elements, base);
    }
}

package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX's protobuf messages; the field numbers are those of {@code onnx/onnx.proto}. The bytes of {@code raw_data}
 * are located, not read.
 */
final class OnnxReader {
    private static final int MAX_DIMS = 64;
    private static final int MAX_DEPTH = 8;

    private final Path path;
    private final String file;
    private final Map<Path, Long> externalBytes = new HashMap<>();
    private int depth; // of graphs within graphs

    private OnnxReader(Path path, String file) {
        this.path = path;
        this.file = file;
    }

    static OnnxModel read(Path path, String file, long size) throws IOException {
        OnnxReader reader = new OnnxReader(path, file);
        return ProtobufInput.read(path, file, size, "is not an ONNX file, or is damaged", in -> reader.model(in, size));
    }

    private OnnxModel model(ProtobufInput in, long size) throws IOException {
        long irVersion = 0;
        List<OnnxFunction> functions = new ArrayList<>();
        Map<String, Long> opsets = new LinkedHashMap<>();
        OnnxGraph graph = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> irVersion = in.integer();
                case 7 -> {
                    if (graph != null) {
                        throw new Malformed(file, "must have one graph, but has two");
                    }
                    graph = in.message(this::graph);
                }
                case 8 -> in.message(opset -> opset(opset, opsets));
                case 25 -> functions.add(in.message(this::function));
                default -> {}
            }
        }
        if (graph == null) {
            throw new Malformed(file, "is not an ONNX model: the graph is missing");
        }
        long external =
                externalBytes.values().stream().mapToLong(Long::longValue).sum();
        OnnxGraph inlined = FunctionInlining.inlined(graph, functions, file);
        return new OnnxModel(irVersion, opsets, size + external, inlined);
    }

    private static String opset(ProtobufInput in, Map<String, Long> opsets) throws IOException {
        String domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = domain(in.text());
                case 2 -> version = in.integer();
                default -> {}
            }
        }
        opsets.put(domain, version);
        return domain;
    }

    /** Returns an empty text for ONNX's own domain, which has two names. */
    private static String domain(String name) {
        return name.equals("ai.onnx") ? "" : name;
    }

    private OnnxGraph graph(ProtobufInput in) throws IOException {
        String name = "";
        boolean sparse = false;
        List<OnnxNode> nodes = new ArrayList<>();
        List<OnnxTensor> initializers = new ArrayList<>();
        List<OnnxValueInfo> inputs = new ArrayList<>();
        List<OnnxValueInfo> outputs = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(in.message(this::node));
                case 2 -> name = in.text();
                case 5 -> initializers.add(in.message(tensor -> tensor(tensor, "initializer")));
                case 11 -> inputs.add(in.message(this::valueInfo));
                case 12 -> outputs.add(in.message(this::valueInfo));
                case 15 -> sparse = true;
                default -> {}
            }
        }
        return new OnnxGraph(name, nodes, initializers, inputs, outputs, sparse);
    }

    private OnnxFunction function(ProtobufInput in) throws IOException {
        String name = "";
        String domain = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<OnnxNode> nodes = new ArrayList<>();
        Map<String, OnnxAttribute> defaults = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 4 -> inputs.add(in.text());
                case 5 -> outputs.add(in.text());
                case 7 -> nodes.add(in.message(this::node));
                case 10 -> domain = domain(in.text());
                case 11 -> {
                    OnnxAttribute attribute = in.message(this::attribute);
                    defaults.put(attribute.name(), attribute);
                }
                default -> {}
            }
        }
        return new OnnxFunction(name, domain, inputs, outputs, defaults, nodes);
    }

    private OnnxNode node(ProtobufInput in) throws IOException {
        String name = "";
        String domain = "";
        String operator = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> inputs.add(in.text());
                case 2 -> outputs.add(in.text());
                case 3 -> name = in.text();
                case 4 -> operator = in.text();
                case 5 -> {
                    OnnxAttribute attribute = in.message(this::attribute);
                    if (attributes.put(attribute.name(), attribute) != null) {
                        throw new Malformed(file, "a node has the attribute " + attribute.name() + " twice");
                    }
                }
                case 7 -> domain = domain(in.text());
                default -> {}
            }
        }
        return new OnnxNode(operator, domain, name, inputs, outputs, attributes);
    }

    private OnnxAttribute attribute(ProtobufInput in) throws IOException {
        String name = "";
        String text = "";
        float number = 0;
        long integer = 0;
        String reference = "";
        Optional<OnnxGraph> graph = Optional.empty();
        Optional<OnnxTensor> tensor = Optional.empty();
        NumberList numbers = new NumberList();
        NumberList integers = new NumberList();
        List<String> texts = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> number = in.number();
                case 3 -> integer = in.integer();
                case 4 -> text = in.textUnlessLong();
                case 5 -> tensor = Optional.of(in.message(value -> tensor(value, "attribute")));
                case 6 -> graph = Optional.of(inner(in));
                case 7 -> in.floats(numbers::add);
                case 8 -> in.integers(integers::add);
                case 9 -> texts.add(in.textUnlessLong());
                case 21 -> reference = in.text();
                default -> {}
            }
        }
        return new OnnxAttribute(
                name, number, integer, text, tensor, numbers.floats(), integers.integers(), texts, reference, graph);
    }

    /** Reads the graph of an attribute, such as a branch of an If. */
    private OnnxGraph inner(ProtobufInput in) throws IOException {
        if (++depth > MAX_DEPTH) {
            throw new Unsupported(file, "its graphs must nest at most " + MAX_DEPTH + " levels deep");
        }
        OnnxGraph graph = in.message(this::graph);
        depth--;
        return graph;
    }

    private OnnxValueInfo valueInfo(ProtobufInput in) throws IOException {
        String name = "";
        OnnxValueInfo unnamed = new OnnxValueInfo("", false, OnnxType.of(0), Optional.empty());
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> unnamed = in.message(this::type);
                default -> {}
            }
        }
        return new OnnxValueInfo(name, unnamed.tensor(), unnamed.type(), unnamed.dims());
    }

    private OnnxValueInfo type(ProtobufInput in) throws IOException {
        OnnxValueInfo type = new OnnxValueInfo("", false, OnnxType.of(0), Optional.empty());
        while (in.next()) {
            if (in.field() == 1) {
                type = in.message(this::tensorType);
            }
        }
        return type;
    }

    private OnnxValueInfo tensorType(ProtobufInput in) throws IOException {
        long type = 0;
        Optional<List<OnnxValueInfo.Dim>> dims = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> type = in.integer();
                case 2 -> dims = Optional.of(in.message(this::dims));
                default -> {}
            }
        }
        return new OnnxValueInfo("", true, OnnxType.of(type), dims);
    }

    private List<OnnxValueInfo.Dim> dims(ProtobufInput in) throws IOException {
        List<OnnxValueInfo.Dim> dims = new ArrayList<>();
        while (in.next()) {
            if (in.field() == 1) {
                dims.add(in.message(OnnxReader::dim));
                checkDims(dims.size());
            }
        }
        return dims;
    }

    private static OnnxValueInfo.Dim dim(ProtobufInput in) throws IOException {
        long size = -1;
        String symbol = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> size = in.integer();
                case 2 -> symbol = in.text();
                default -> {}
            }
        }
        return new OnnxValueInfo.Dim(size > 0 ? size : -1, symbol);
    }

    private void checkDims(int count) {
        if (count > MAX_DIMS) {
            throw new Malformed(file, "a tensor must have at most " + MAX_DIMS + " dimensions, but has more");
        }
    }

    private OnnxTensor tensor(ProtobufInput in, String kind) throws IOException {
        String name = "";
        long type = 0;
        boolean isExternal = false;
        OnnxRegion region = null;
        NumberList dims = new NumberList();
        NumberList floats = new NumberList();
        NumberList doubles = new NumberList();
        NumberList integers = new NumberList();
        Map<String, String> external = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.integers(dims::add);
                case 2 -> type = in.integer();
                case 4 -> in.floats(floats::add);
                case 5, 7, 11 -> in.integers(integers::add);
                case 8 -> name = in.text();
                case 9 -> {
                    ProtobufInput.Place raw = in.place();
                    region = new OnnxRegion(path, file, raw.offset(), raw.length());
                }
                case 10 -> in.doubles(doubles::add);
                case 13 -> in.message(entry -> entry(entry, external));
                case 14 -> isExternal = in.integer() == 1;
                default -> {}
            }
        }
        checkDims(dims.size());
        String where = file + ": " + (name.isEmpty() ? kind + " without a name" : "tensor " + name);
        long[] shape = dims.integers();
        if (isExternal) {
            int bytes = OnnxType.of(type).map(OnnxType::bytes).orElse(1);
            region = OnnxExternalData.locate(external, path, where, OnnxTensor.count(shape, where) * bytes);
            externalBytes.merge(region.path(), region.offset() + region.length(), Math::max);
        }
        return new OnnxTensor(
                name, where, shape, type, region, floats.floats(), doubles.doubles(), integers.integers());
    }

    private static String entry(ProtobufInput in, Map<String, String> entries) throws IOException {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.text();
                case 2 -> value = in.text();
                default -> {}
            }
        }
        entries.put(key, value);
        return key;
    }
}

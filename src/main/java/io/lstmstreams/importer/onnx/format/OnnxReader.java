package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.importer.onnx.format.ProtobufInput.Fields;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX's protobuf messages; the field numbers are those of {@code onnx/onnx.proto}. Only messages of a graph without
 * control flow are read, so that messages nest at most to attribute and tensor. The bytes of {@code raw_data} are located,
 * not read.
 */
final class OnnxReader {
    private static final int MAX_DIMS = 64;

    private final ProtobufInput in;
    private final Path path;
    private final String file;
    private final Map<Path, Long> externalBytes = new HashMap<>();

    private OnnxReader(ProtobufInput in, Path path, String file) {
        this.in = in;
        this.path = path;
        this.file = file;
    }

    static OnnxModel read(Path path, String file, long size) throws IOException {
        return ProtobufInput.read(path, file, size, in -> new OnnxReader(in, path, file).model(size));
    }

    private OnnxModel model(long size) throws IOException {
        long[] irVersion = {0};
        int[] functions = {0};
        Map<String, Long> opsets = new LinkedHashMap<>();
        OnnxGraph[] graph = {null};
        in.fields((field, wire) -> {
            switch (field) {
                case 1 -> irVersion[0] = in.integer(wire);
                case 7 -> {
                    if (graph[0] != null) {
                        throw new Malformed(file, "must have one graph, but has two");
                    }
                    graph[0] = graph(wire);
                }
                case 8 -> opset(wire, opsets);
                case 25 -> {
                    functions[0]++;
                    return false;
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (graph[0] == null) {
            throw new Malformed(file, "is not an ONNX model: the graph is missing");
        }
        long external =
                externalBytes.values().stream().mapToLong(Long::longValue).sum();
        return new OnnxModel(irVersion[0], opsets, functions[0], size + external, graph[0]);
    }

    private void opset(int wire, Map<String, Long> opsets) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> domain[0] = in.text(fieldWire);
                case 2 -> version[0] = in.integer(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
    }

    private OnnxGraph graph(int wire) throws IOException {
        String[] name = {""};
        boolean[] sparse = {false};
        List<OnnxNode> nodes = new ArrayList<>();
        List<OnnxTensor> initializers = new ArrayList<>();
        List<OnnxValueInfo> inputs = new ArrayList<>();
        List<OnnxValueInfo> outputs = new ArrayList<>();
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> nodes.add(node(fieldWire));
                case 2 -> name[0] = in.text(fieldWire);
                case 5 -> initializers.add(tensor(fieldWire, "initializer"));
                case 11 -> inputs.add(valueInfo(fieldWire));
                case 12 -> outputs.add(valueInfo(fieldWire));
                case 15 -> {
                    sparse[0] = true;
                    return false;
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxGraph(name[0], nodes, initializers, inputs, outputs, sparse[0]);
    }

    private OnnxNode node(int wire) throws IOException {
        String[] texts = {"", "", ""};
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> inputs.add(in.text(fieldWire));
                case 2 -> outputs.add(in.text(fieldWire));
                case 3 -> texts[2] = in.text(fieldWire);
                case 4 -> texts[0] = in.text(fieldWire);
                case 5 -> {
                    OnnxAttribute attribute = attribute(fieldWire);
                    if (attributes.put(attribute.name(), attribute) != null) {
                        throw new Malformed(file, "a node has the attribute " + attribute.name() + " twice");
                    }
                }
                case 7 -> texts[1] = in.text(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        String domain = texts[1].equals("ai.onnx") ? "" : texts[1];
        return new OnnxNode(texts[0], domain, texts[2], inputs, outputs, attributes);
    }

    private OnnxAttribute attribute(int wire) throws IOException {
        String[] texts = {"", ""};
        float[] number = {0};
        long[] integer = {0};
        boolean[] graph = {false};
        OnnxTensor[] tensor = {null};
        NumberList numbers = new NumberList();
        NumberList integers = new NumberList();
        List<String> strings = new ArrayList<>();
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> texts[0] = in.text(fieldWire);
                case 2 -> number[0] = in.number(fieldWire);
                case 3 -> integer[0] = in.integer(fieldWire);
                case 4 -> texts[1] = in.shortText(fieldWire);
                case 5 -> tensor[0] = tensor(fieldWire, "attribute");
                case 6, 11 -> {
                    graph[0] = true;
                    return false;
                }
                case 7 -> in.floats(fieldWire, numbers);
                case 8 -> in.integers(fieldWire, integers);
                case 9 -> strings.add(in.shortText(fieldWire));
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxAttribute(
                texts[0],
                number[0],
                integer[0],
                texts[1],
                tensor[0],
                numbers.floats(),
                integers.integers(),
                strings,
                graph[0]);
    }

    private OnnxValueInfo valueInfo(int wire) throws IOException {
        String[] name = {""};
        boolean[] tensor = {false};
        long[] type = {0};
        List<List<OnnxValueInfo.Dim>> dims = new ArrayList<>();
        Fields tensorType = (field, fieldWire) -> {
            switch (field) {
                case 1 -> type[0] = in.integer(fieldWire);
                case 2 -> dims.add(dims(fieldWire));
                default -> {
                    return false;
                }
            }
            return true;
        };
        Fields typeProto = (field, fieldWire) -> {
            if (field != 1) {
                return false;
            }
            tensor[0] = true;
            in.message(fieldWire, tensorType);
            return true;
        };
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> name[0] = in.text(fieldWire);
                case 2 -> in.message(fieldWire, typeProto);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxValueInfo(
                name[0], tensor[0], OnnxType.of(type[0]), dims.isEmpty() ? Optional.empty() : Optional.of(dims.get(0)));
    }

    private List<OnnxValueInfo.Dim> dims(int wire) throws IOException {
        List<OnnxValueInfo.Dim> dims = new ArrayList<>();
        in.message(wire, (field, fieldWire) -> {
            if (field != 1) {
                return false;
            }
            long[] size = {-1};
            String[] symbol = {""};
            in.message(fieldWire, (part, partWire) -> {
                switch (part) {
                    case 1 -> size[0] = in.integer(partWire);
                    case 2 -> symbol[0] = in.text(partWire);
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            dims.add(new OnnxValueInfo.Dim(size[0] > 0 ? size[0] : -1, symbol[0]));
            checkDims(dims.size());
            return true;
        });
        return dims;
    }

    private void checkDims(int count) {
        if (count > MAX_DIMS) {
            throw new Malformed(file, "a tensor must have at most " + MAX_DIMS + " dimensions, but has more");
        }
    }

    private OnnxTensor tensor(int wire, String kind) throws IOException {
        String[] name = {""};
        long[] scalars = {0, 0};
        NumberList dims = new NumberList();
        NumberList floats = new NumberList();
        NumberList doubles = new NumberList();
        NumberList integers = new NumberList();
        OnnxRegion[] raw = {null};
        Map<String, String> external = new LinkedHashMap<>();
        in.message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> in.integers(fieldWire, dims);
                case 2 -> scalars[0] = in.integer(fieldWire);
                case 4 -> in.floats(fieldWire, floats);
                case 5, 7, 11 -> in.integers(fieldWire, integers);
                case 8 -> name[0] = in.text(fieldWire);
                case 9 -> raw[0] = in.region(fieldWire);
                case 10 -> in.doubles(fieldWire, doubles);
                case 13 -> entry(fieldWire, external);
                case 14 -> scalars[1] = in.integer(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        checkDims(dims.size());
        String where = file + ": " + (name[0].isEmpty() ? kind + " without a name" : "tensor " + name[0]);
        long[] shape = dims.integers();
        OnnxRegion region = raw[0];
        if (scalars[1] == 1) {
            int bytes = OnnxType.of(scalars[0]).map(OnnxType::bytes).orElse(1);
            region = OnnxExternalData.locate(external, path, where, OnnxTensor.count(shape, where) * bytes);
            externalBytes.merge(region.path(), region.offset() + region.length(), Math::max);
        }
        return new OnnxTensor(
                name[0], where, shape, scalars[0], region, floats.floats(), doubles.doubles(), integers.integers());
    }

    private void entry(int wire, Map<String, String> entries) throws IOException {
        String[] texts = {"", ""};
        in.message(wire, (field, fieldWire) -> {
            if (field != 1 && field != 2) {
                return false;
            }
            texts[field - 1] = in.text(fieldWire);
            return true;
        });
        entries.put(texts[0], texts[1]);
    }
}

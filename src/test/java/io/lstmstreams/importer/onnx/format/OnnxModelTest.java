package io.lstmstreams.importer.onnx.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files built field by field, as onnx.proto defines them. */
class OnnxModelTest {
    private static final String FILE = "model.onnx";

    @TempDir
    Path folder;

    private OnnxModel read(RawOnnx raw) {
        return OnnxModel.read(raw.write(folder), FILE);
    }

    private OnnxTensor tensor(byte[] tensor) {
        return read(new RawOnnx().graphField(5, tensor)).graph().initializers().get(0);
    }

    @Test
    void shouldReadNodesWithTheirAttributesAndLeftOutNames() {
        // Given
        RawOnnx raw = new RawOnnx()
                .node(
                        "LSTM",
                        "X W R - - h",
                        "- Y_h",
                        RawOnnx.attribute("hidden_size", 6),
                        RawOnnx.attribute("clip", 0.5f),
                        RawOnnx.attribute("direction", "forward"),
                        RawOnnx.floatsAttribute("activation_alpha", 0.25f, 1.5f),
                        RawOnnx.textsAttribute("activations", "Tanh", "Relu"));

        // When
        OnnxNode node = read(raw).graph().nodes().get(0);

        // Then
        assertThat(node.opType()).isEqualTo("LSTM");
        assertThat(node.inputs()).containsExactly("X", "W", "R", "", "", "h");
        assertThat(node.outputs()).containsExactly("", "Y_h");
        assertThat(node.attributes().get("hidden_size").integer()).isEqualTo(6);
        assertThat(node.attributes().get("clip").number()).isEqualTo(0.5f);
        assertThat(node.attributes().get("direction").text()).isEqualTo("forward");
        assertThat(node.attributes().get("activation_alpha").numbers()).containsExactly(0.25f, 1.5f);
        assertThat(node.attributes().get("activations").texts()).containsExactly("Tanh", "Relu");
    }

    @Test
    void shouldReadInputsWithSizesAndSymbols() {
        OnnxModel model = read(new RawOnnx().input("X", "T", 1, 20).outputs("Y").versions(9, 18));

        OnnxValueInfo input = model.graph().inputs().get(0);
        assertThat(input.type()).contains(OnnxType.FLOAT);
        assertThat(input.dims().orElseThrow())
                .containsExactly(
                        new OnnxValueInfo.Dim(-1, "T"), new OnnxValueInfo.Dim(1, ""), new OnnxValueInfo.Dim(20, ""));
        assertThat(model.graph().outputs().get(0).dims()).isEmpty();
        assertThat(model.irVersion()).isEqualTo(9);
        assertThat(model.opsets()).containsEntry("", 18L);
    }

    @Test
    void shouldReadNumbersFromEachPlaceThatHoldsThem() {
        long[] two = {2};

        assertThat(tensor(RawOnnx.tensor("a", two, 1, RawOnnx.field(9, RawOnnx.bytes(1.5f, -2f))))
                        .floats())
                .containsExactly(1.5f, -2f);
        assertThat(tensor(RawOnnx.tensor("a", two, 1, RawOnnx.packedFloats(4, 1.5f, -2f)))
                        .floats())
                .containsExactly(1.5f, -2f);
        assertThat(tensor(RawOnnx.tensor("a", two, 11, RawOnnx.packedDoubles(10, 1.5, -2)))
                        .floats())
                .containsExactly(1.5f, -2f);
        assertThat(tensor(RawOnnx.tensor("a", two, 10, RawOnnx.unpackedIntegers(5, 0x3e00, 0xc000)))
                        .floats())
                .containsExactly(1.5f, -2f);
        assertThat(tensor(RawOnnx.tensor(
                                "a", two, 16, RawOnnx.field(9, new byte[] {(byte) 0xc0, 0x3f, 0, (byte) 0xc0})))
                        .floats())
                .containsExactly(1.5f, -2f);
        assertThat(tensor(RawOnnx.tensor("a", two, 7, RawOnnx.unpackedIntegers(7, 3, -1)))
                        .integers())
                .containsExactly(3, -1);
        assertThat(tensor(RawOnnx.tensor("a", two, 6, RawOnnx.field(9, new byte[] {3, 0, 0, 0, -1, -1, -1, -1})))
                        .integers())
                .containsExactly(3, -1);
    }

    @Test
    void shouldReadExternalDataBesideTheModel() throws IOException {
        Files.write(folder.resolve("weights.bin"), RawOnnx.bytes(9f, 1.5f, -2f, 9f));

        OnnxTensor tensor = tensor(external("weights.bin", "4", "8"));

        assertThat(tensor.floats()).containsExactly(1.5f, -2f);
    }

    private static byte[] external(String location, String offset, String length) {
        return RawOnnx.tensor(
                "W",
                new long[] {2},
                1,
                RawOnnx.external("location", location),
                RawOnnx.external("offset", offset),
                RawOnnx.external("length", length),
                RawOnnx.isExternal());
    }

    @Test
    void shouldRefuseExternalDataOutsideOfTheModelsFolder() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path secret = Files.write(folder.resolve("secret.bin"), RawOnnx.bytes(1, 2));
        Files.createSymbolicLink(inner.resolve("link.bin"), secret);

        for (String location : List.of("../secret.bin", secret.toString(), "link.bin", "", ".", "a\\b", "x\0y")) {
            Path model =
                    new RawOnnx().graphField(5, external(location, "0", "8")).write(inner);

            assertThatThrownBy(() -> OnnxModel.read(model, FILE))
                    .as(location)
                    .isInstanceOf(Unsupported.class)
                    .hasMessageContaining("must be a file in the model's folder");
        }
    }

    @Test
    void shouldRefuseExternalDataThatIsNotThere() throws IOException {
        Files.write(folder.resolve("weights.bin"), RawOnnx.bytes(1, 2));

        assertThatThrownBy(() -> tensor(external("nowhere.bin", "0", "8"))).isInstanceOf(Inaccessible.class);
        for (String offset : List.of("1", "-1", "4611686018427387904", "9223372036854775808", "x")) {
            assertThatThrownBy(() -> tensor(external("weights.bin", offset, "8")))
                    .as(offset)
                    .isInstanceOf(Malformed.class)
                    .hasMessageContaining("external data");
        }
        assertThatThrownBy(() -> tensor(external("weights.bin", "0", "4"))).isInstanceOf(Malformed.class);
    }

    @Test
    void shouldRefuseATensorWhoseValuesAreNotThoseOfItsShape() {
        byte[] two = RawOnnx.bytes(1, 2);

        for (long[] dims : List.of(
                new long[] {3},
                new long[] {-2},
                new long[] {1L << 31, 1L << 31},
                new long[] {1L << 62, 4},
                new long[] {})) {
            assertThatThrownBy(() -> tensor(RawOnnx.tensor("W", dims, 1, RawOnnx.field(9, two)))
                            .floats())
                    .as(Arrays.toString(dims))
                    .isInstanceOf(Malformed.class)
                    .hasMessageContaining("model.onnx: tensor W");
        }
    }

    @Test
    void shouldRefuseTypesThatItDoesNotReadByNumber() {
        assertThatThrownBy(() -> tensor(RawOnnx.tensor("W", new long[] {1}, 8)).floats())
                .isInstanceOf(Unsupported.class)
                .hasMessage("model.onnx: tensor W: numbers of ONNX's type 8 are not supported");
    }

    @Test
    void shouldRefuseFilesThatAreNotProtobufOrHaveNoGraph() {
        byte[] good = new RawOnnx().input("X", 1).bytes();
        List<byte[]> bad = List.of(
                new byte[0],
                "hello, this is a text".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(good, good.length - 3),
                new byte[] {8, 7},
                new byte[] {0x3a, -1, -1, -1, -1, 7}, // a graph of 2^31 - 1 bytes
                new byte[] {0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // of -1 bytes
                new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // a number of 12 bytes
                new byte[] {0x3b, 0x3b, 0x3c}); // groups

        for (byte[] bytes : bad) {
            Path path = RawOnnx.write(folder, bytes);

            assertThatThrownBy(() -> OnnxModel.read(path, FILE))
                    .as(Arrays.toString(bytes))
                    .isInstanceOf(Malformed.class)
                    .message()
                    .startsWith("model.onnx: ")
                    .hasLineCount(1);
        }
    }

    @Test
    void shouldRefuseGraphsWithinGraphsThatAreTooDeep() {
        RawOnnx raw = new RawOnnx();
        for (int i = 0; i < 20; i++) {
            raw = new RawOnnx().node("If", "c", "y", RawOnnx.graphAttribute("then_branch", raw.graph()));
        }
        RawOnnx deep = raw;

        assertThatThrownBy(() -> read(deep)).hasMessage("model.onnx: its graphs must nest at most 8 levels deep");
    }

    @Test
    void shouldReportAMissingFile() {
        assertThatThrownBy(() -> OnnxModel.read(folder.resolve("none.onnx"), FILE))
                .isInstanceOf(Inaccessible.class)
                .hasMessage("model.onnx: does not exist");
        assertThatThrownBy(() -> OnnxModel.read(folder, FILE))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("folder");
    }
}

package io.lstmstreams.modelfile.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.safetensors");
    }

    private Map<String, Tensor> read(byte[] bytes) {
        return Safetensors.read(RawSafetensors.write(file, bytes)).tensors();
    }

    private void assertMalformed(byte[] bytes, String what) {
        RawSafetensors.write(file, bytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageEndingWith(what);
    }

    @Test
    void shouldReadTensorsInTheOrderOfTheirBytes() {
        // Given: a header in another order than the data
        byte[] data = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .array();

        // When
        Map<String, Tensor> tensors = read(RawSafetensors.of(
                "{\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                data));

        // Then
        assertThat(tensors).containsOnlyKeys("a", "b");
        assertThat(tensors.keySet()).startsWith("a");
        assertThat(tensors.get("a").shape()).isEmpty();
        assertThat(tensors.get("a").values()).containsExactly(1);
        assertThat(tensors.get("b").shapeText()).isEqualTo("[2, 1]");
        assertThat(tensors.get("b").values()).containsExactly(2, 3);
    }

    @Test
    void shouldReadBackWhatItWrote() {
        // Given: more than one chunk of numbers, and text of more than one byte a character
        float[] many = new float[40_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = i / 7f;
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("many", new Tensor("many", new long[] {200, 200}, many));
        tensors.put(
                "f\u00fcnf",
                new Tensor("f\u00fcnf", new long[] {3}, new float[] {-0f, Float.MIN_VALUE, Float.MAX_VALUE}));
        tensors.put("none", new Tensor("none", new long[] {0}, new float[0]));

        // When
        Safetensors.write(new TensorFile(tensors, Map.of("key", "\"text\" \u20ac")), file);
        TensorFile back = Safetensors.read(file);

        // Then
        assertThat(back.metadata()).containsExactly(Map.entry("key", "\"text\" \u20ac"));
        assertThat(back.tensors()).containsOnlyKeys("many", "f\u00fcnf", "none");
        back.tensors().forEach((name, tensor) -> {
            assertThat(tensor.shape()).isEqualTo(tensors.get(name).shape());
            assertThat(Arrays.equals(tensor.values(), tensors.get(name).values()))
                    .as("bit by bit: " + name)
                    .isTrue();
        });
    }

    @Test
    void shouldBeginTheDataAtAMultipleOfEightBytes() throws IOException {
        for (String name : new String[] {"a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "\u20ac"}) {
            Safetensors.write(
                    new TensorFile(Map.of(name, new Tensor(name, new long[] {1}, new float[1])), Map.of()), file);

            assertThat(ByteBuffer.wrap(Files.readAllBytes(file))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong())
                    .as(name)
                    .isPositive()
                    .matches(length -> length % 8 == 0);
        }
    }

    @Test
    void shouldReplaceAFileAndLeaveNoPartBehind() throws IOException {
        // Given
        Files.writeString(file, "an earlier one");

        // When
        Safetensors.write(new TensorFile(Map.of("a", new Tensor("a", new long[] {1}, new float[1])), Map.of()), file);

        // Then
        assertThat(Safetensors.read(file).tensors()).containsOnlyKeys("a");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void shouldNameTheFileThatItCannotWrite() {
        Path nowhere = folder.resolve("no/such/folder/m.safetensors");

        assertThatThrownBy(() -> Safetensors.write(new TensorFile(Map.of(), Map.of()), nowhere))
                .isInstanceOf(Inaccessible.class)
                .hasMessage(nowhere + ": its folder does not exist");
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 0",
        "0080, -0",
        "0100, 0x1p-24", // the smallest subnormal
        "ff03, 0x1.ff8p-15", // the largest subnormal: 1023 * 2^-24
        "0004, 0x1p-14", // the smallest normal
        "003c, 1",
        "00c0, -2",
        "5535, 0x1.554p-2", // the half nearest to a third
        "ff7b, 65504" // the largest
    })
    void shouldReadHalfPrecision(String hex, String expected) {
        // Given: bytes in the file's order, the low one first
        byte[] bytes = HexFormat.of().parseHex(hex);

        // When
        Map<String, Tensor> tensors =
                read(new RawSafetensors().add("t", "F16", new long[] {1}, bytes).bytes());

        // Then
        assertThat(tensors.get("t").values()[0]).isEqualTo(number(expected));
    }

    private static float number(String text) {
        return Float.parseFloat(text);
    }

    @ParameterizedTest
    @CsvSource({"803f, 1", "0080, -0", "20c1, -10", "0100, 0x1p-133", "7f7f, 0x1.fep127"})
    void shouldReadBrainFloats(String hex, String expected) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        Map<String, Tensor> tensors = read(
                new RawSafetensors().add("t", "BF16", new long[] {1}, bytes).bytes());

        assertThat(tensors.get("t").values()[0]).isEqualTo(number(expected));
    }

    @Test
    void shouldRoundDoublesToTheNearestFloat() {
        byte[] bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(0.1)
                .putDouble(-1e-50)
                .array();

        Map<String, Tensor> tensors =
                read(new RawSafetensors().add("t", "F64", new long[] {2}, bytes).bytes());

        assertThat(tensors.get("t").values()).containsExactly(0.1f, -0f);
    }

    @Test
    void shouldRefuseADoubleThatNoFloatCanHold() {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(1e39)
                .array();

        assertMalformed(
                new RawSafetensors().add("t", "F64", new long[] {1}, bytes).bytes(),
                "tensor t: element 0 must be a finite number, but is Infinity");
    }

    @ParameterizedTest
    @CsvSource({
        "F16, 007c, Infinity",
        "F16, 00fc, -Infinity",
        "F16, 007e, NaN",
        "F16, 01fc, NaN",
        "BF16, 807f, Infinity",
        "BF16, c07f, NaN",
        "F32, 0000c07f, NaN",
        "F32, 000080ff, -Infinity",
        "F64, 000000000000f07f, Infinity"
    })
    void shouldRefuseNumbersThatAreNotFinite(String type, String hex, String number) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertMalformed(
                new RawSafetensors().add("t", type, new long[] {1}, bytes).bytes(),
                "must be a finite number, but is " + number);
    }

    @Test
    void shouldLeaveOutTensorsThatTheCallerHasNoUseFor() {
        // Given
        new RawSafetensors()
                .add("bn.num_batches_tracked", "I64", new long[0], new byte[8])
                .add("t", new long[] {1}, 7)
                .write(file);

        // When
        TensorFile content = Safetensors.read(file, "m", name -> name.startsWith("bn."));

        // Then
        assertThat(content.tensors()).containsOnlyKeys("t");
        assertThat(content.tensors().get("t").values()).containsExactly(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"I64", "BOOL", "F8_E4M3", "f32", ""})
    void shouldReportAnUnsupportedType(String type) {
        byte[] bytes =
                new RawSafetensors().add("t", type, new long[] {1}, new byte[8]).bytes();

        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("but are of type " + (type.isEmpty() ? "(none)" : type));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void shouldRefuseAFileThatIsTooShortForALength(int length) {
        assertMalformed(
                new byte[length], "is not a safetensors file: it must have at least 8 bytes, but has " + length);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0000_0808_0403_4b50L, 0x7d71_7d7d_7171_0280L}) // a zip; a pickle of protocol 2
    void shouldNameAFileOfTorchSave(long start) {
        assertMalformed(
                RawSafetensors.of(start, new byte[] {'{', '}'}, new byte[0]),
                "is a file of torch.save, not of safetensors; convert it with lstm-streams import");
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1L << 31, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void shouldRefuseAHeaderThatClaimsToBeLongerThanTheFile(long claimed) {
        assertMalformed(
                RawSafetensors.of(claimed, new byte[] {'{', '}'}, new byte[0]),
                "is not a safetensors file: its header would be longer than the whole file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}x", "{} {}", "[", "{\"a\"}", "{\"a\":1,}", "nul", "{'a':1}", "\u0000"})
    void shouldRefuseAHeaderThatIsNoJson(String header) {
        RawSafetensors.write(file, RawSafetensors.of(header, new byte[0]));

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("the header is not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"text\"", "null", "true"})
    void shouldRefuseAHeaderThatIsNoObject(String header) {
        assertMalformed(RawSafetensors.of(header, new byte[0]), "the header must be a JSON object");
    }

    @Test
    void shouldRefuseAHeaderThatIsNotUtf8() {
        byte[] header = "{\"\u00ff\":1}".getBytes(StandardCharsets.ISO_8859_1);
        RawSafetensors.write(file, RawSafetensors.of(header.length, header, new byte[0]));

        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Malformed.class);
    }

    @Test
    void shouldRefuseATensorThatIsDescribedTwice() {
        RawSafetensors.write(
                file,
                new RawSafetensors()
                        .add("a", new long[] {1}, 1)
                        .add("a", new long[] {1}, 2)
                        .bytes());

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("the header is not valid JSON at byte");
    }

    @Test
    void shouldReadALongMetadataText() {
        String text = "x".repeat(25_000_000);
        RawSafetensors.write(file, RawSafetensors.of("{\"__metadata__\":{\"k\":\"" + text + "\"}}", new byte[0]));

        assertThat(Safetensors.metadata(file)).containsEntry("k", text);
    }

    @Test
    void shouldRefuseAHeaderOfManySmallValuesBeforeItFillsTheMemory() {
        RawSafetensors.write(file, RawSafetensors.of("{\"a\":[" + "[],".repeat(3_000_000) + "[]]}", new byte[0]));

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("the header exceeds a limit: Token count (1000001)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void shouldRefuseDeepNestingWithoutEndlessRecursion(String opening) {
        RawSafetensors.write(file, RawSafetensors.of("{\"a\":" + opening.repeat(100_000), new byte[0]));

        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | must be described by a JSON object",
                "[] | must be described by a JSON object",
                "{'dtype':'F32','data_offsets':[0,4]} | has no shape",
                "{'dtype':'F32','shape':4,'data_offsets':[0,4]} | has no shape",
                "{'dtype':'F32','shape':[1]} | has no data_offsets",
                "{'dtype':'F32','shape':[1],'data_offsets':[0]} | its data_offsets must be a begin and an end",
                "{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]} | its data_offsets must be a begin and an end",
                "{'dtype':'F32','shape':[1],'data_offsets':[4,0]} | its data_offsets must be a begin and an end",
                "{'dtype':'F32','shape':[1],'data_offsets':[-4,0]} | its data_offsets must hold integers of at least 0",
                "{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]} | its shape must hold integers of at least 0",
                "{'dtype':'F32','shape':['1'],'data_offsets':[0,4]} | its shape must hold integers of at least 0",
                "{'dtype':'F32','shape':[null],'data_offsets':[0,4]} | its shape must hold integers of at least 0",
                "{'dtype':'F32','shape':[-1],'data_offsets':[0,4]} | its shape must hold integers of at least 0",
                "{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,4]} | its shape must hold integers of at least 0",
                "{'dtype':'F32','shape':[2],'data_offsets':[0,4]} | its shape [2] takes 8 bytes, but it has 4",
                "{'dtype':'F32','shape':[0],'data_offsets':[0,4]} | its shape [0] takes 0 bytes, but it has 4",
                "{'dtype':'F16','shape':[1],'data_offsets':[0,4]} | its shape [1] takes 2 bytes, but it has 4",
                "{'dtype':'F32','shape':[2],'data_offsets':[0,8]} | ends at byte 8 of the data, which has 4 (is the file truncated?)",
            })
    void shouldRefuseADescriptionThatCannotBe(String description, String what) {
        assertMalformed(
                RawSafetensors.of("{\"t\":" + description.replace('\'', '"') + "}", new byte[4]), "tensor t: " + what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4294967296,4294967296]", // 2^64: wraps to 0
                "[4611686018427387905]", // 2^62 + 1, times 4 wraps to 4
                "[9223372036854775807,9223372036854775807]",
                "[1,1,1,1,1,9223372036854775807,2]"
            })
    void shouldNotBeFooledByShapesThatOverflow(String shape) {
        RawSafetensors.write(
                file,
                RawSafetensors.of(
                        "{\"t\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,4]}}", new byte[4]));

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .hasMessageEndingWith("is larger than the file");
    }

    @Test
    void shouldRefuseTensorsThatOverlap() {
        assertMalformed(
                RawSafetensors.of(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                        new byte[12]),
                "tensor b: overlaps the tensor before it, at byte 4 of the data");
    }

    @Test
    void shouldRefuseAGapBetweenTensors() {
        assertMalformed(
                RawSafetensors.of(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
                        new byte[12]),
                "tensor b: leaves a gap before it, at byte 4 of the data");
    }

    @Test
    void shouldRefuseBytesAfterTheLastTensor() {
        byte[] good = new RawSafetensors().add("a", new long[] {1}, 1).bytes();

        assertMalformed(Arrays.copyOf(good, good.length + 3), "has 3 bytes after the last tensor");
    }

    @Test
    void shouldRefuseMetadataThatIsNoText() {
        assertMalformed(
                RawSafetensors.of("{\"__metadata__\":{\"format\":{\"a\":1}}}", new byte[0]),
                "metadata format must be a string");
    }

    @Test
    void shouldAllocateNothingForSizesThatAFileAnnounces() {
        // Given: 100 bytes that claim terabytes, in the header's length and in a tensor's
        byte[] longHeader = RawSafetensors.of(1L << 42, new byte[92], new byte[0]);
        byte[] largeTensor = RawSafetensors.of(
                "{\"t\":{\"dtype\":\"F32\",\"shape\":[1099511627776],\"data_offsets\":[0,4398046511104]}}",
                new byte[0]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        RawSafetensors.write(file, largeTensor);
        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Malformed.class); // loads the classes

        for (byte[] bytes : new byte[][] {longHeader, largeTensor}) {
            RawSafetensors.write(file, bytes);

            // When
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Malformed.class);
            long allocated =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

            // Then
            assertThat(allocated).isLessThan(10_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\n", "\\r\\n", "\\u0000", "\\u001b[2J", "\\u0085", "\\u2028", "\\u2029", "\\u202e"})
    void shouldKeepItsMessagesInOneLine(String nasty) {
        // Given: the name as JSON escapes it
        byte[] bytes = RawSafetensors.of("{\"a" + nasty + "b\":null}", new byte[0]);
        RawSafetensors.write(file, bytes);

        // Then
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(ModelFileException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .matches(message -> message.codePoints()
                        .noneMatch(c -> Character.isISOControl(c)
                                || c == 0x2028
                                || c == 0x2029
                                || c == 0x202e
                                || (c >= 0xd800 && c < 0xe000)))
                .contains("must be described by a JSON object");
    }

    @Test
    void shouldCutEndlessNames() {
        RawSafetensors.write(file, RawSafetensors.of("{\"" + "a".repeat(40_000) + "\":null}", new byte[0]));

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Malformed.class)
                .extracting(e -> e.getMessage().length())
                .matches(length -> length < 4_100);
    }

    @Test
    void shouldReportAMissingFile() {
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(Inaccessible.class)
                .hasMessage(file + ": does not exist");
    }

    @Test
    void shouldReportThatAFolderIsNotAFile() {
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(Inaccessible.class)
                .hasMessage(folder + ": is a folder, not a file");
    }
}

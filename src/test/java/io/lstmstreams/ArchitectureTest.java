package io.lstmstreams;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The imports that each package may have, and the sizes of classes and packages. A package that is missing in the
 * tables fails the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private static final String BASE = "io.lstmstreams";
    private static final Path SOURCES = Path.of("src/main/java/io/lstmstreams");
    private static final List<String> CORE =
            List.of("kernel", "recurrent", "event", "input", "output", "state", "modelfile", "importer", "replay");

    /** The packages of this project that a package may import, besides its own children. */
    private static final Map<String, Set<String>> OURS = new TreeMap<>(Map.ofEntries(
            Map.entry("kernel", Set.of()),
            Map.entry("recurrent", Set.of("kernel")),
            Map.entry("event", Set.of()),
            Map.entry("input", Set.of("event", "recurrent")),
            Map.entry("output", Set.of("recurrent", "input")),
            Map.entry("state", Set.of("recurrent")),
            Map.entry("modelfile", Set.of("recurrent", "input")),
            Map.entry("modelfile.tensor", Set.of()),
            // importer.tensorflow.format: an .npz may hold PyTorch's or JAX' parameters
            Map.entry(
                    "importer",
                    Set.of("modelfile", "modelfile.tensor", "recurrent", "input", "importer.tensorflow.format")),
            Map.entry("importer.bytes", Set.of("modelfile.tensor")),
            Map.entry("importer.draft", Set.of("modelfile", "modelfile.tensor")),
            Map.entry("importer.torch", Set.of("importer.draft", "modelfile", "modelfile.tensor")),
            Map.entry("importer.torch.format", Set.of("importer.bytes", "modelfile.tensor")),
            Map.entry("importer.keras", Set.of("importer.bytes", "importer.draft", "modelfile.tensor")),
            Map.entry("importer.keras.format", Set.of("importer.bytes", "modelfile.tensor")),
            // importer.keras: a SavedModel holds Keras' configuration
            Map.entry("importer.tensorflow", Set.of("importer.draft", "importer.keras", "modelfile.tensor")),
            Map.entry("importer.tensorflow.format", Set.of("importer.bytes", "modelfile.tensor")),
            // kernel, recurrent, modelfile, input: an imported network is run beside its graph
            Map.entry(
                    "importer.onnx",
                    Set.of("importer.draft", "modelfile.tensor", "modelfile", "input", "recurrent", "kernel")),
            Map.entry("importer.onnx.run", Set.of("importer.onnx.format")),
            Map.entry("importer.onnx.format", Set.of("importer.bytes", "modelfile.tensor")),
            // all that a step needs: the model is run beside its framework's numbers
            Map.entry(
                    "importer.verify",
                    Set.of(
                            "importer.draft",
                            "importer.tensorflow.format",
                            "modelfile",
                            "modelfile.tensor",
                            "event",
                            "input",
                            "recurrent",
                            "kernel",
                            "output")),
            Map.entry("modeltopic", Set.of("modelfile", "modelfile.tensor", "input", "recurrent")),
            Map.entry("statetopic", Set.of("event", "state", "output", "recurrent")),
            Map.entry("metrics", Set.of()),
            Map.entry("trace", Set.of("input", "recurrent", "output", "state")),
            Map.entry("config", Set.of()),
            Map.entry("replay", Set.of("event", "input", "recurrent", "state", "output", "kernel", "modelfile")),
            // kernel: users of the library choose one with LstmProcessorSupplier
            Map.entry(
                    "topology",
                    Set.of("event", "input", "recurrent", "state", "output", "metrics", "config", "kernel")),
            Map.entry(
                    "runtime",
                    Set.of(
                            "event",
                            "input",
                            "recurrent",
                            "state",
                            "output",
                            "metrics",
                            "config",
                            "topology",
                            "trace",
                            "modelfile",
                            "modelfile.tensor",
                            "modeltopic",
                            "statetopic",
                            "kernel")),
            // modelfile: the vocabulary of a model file; output: the names of sequences
            Map.entry("connect", Set.of("event", "input", "output", "modelfile", "modelfile.tensor")),
            // input, output, recurrent: the dashboard shows the model and its steps
            Map.entry("http", Set.of("metrics", "config", "runtime", "trace", "input", "output", "recurrent")),
            // input, modelfile: the model bean
            Map.entry(
                    "spring",
                    Set.of("config", "input", "metrics", "modelfile", "modelfile.tensor", "runtime", "topology")),
            Map.entry("broker", Set.of()),
            Map.entry("testkit", Set.of("event", "input", "kernel", "output", "recurrent", "topology")),
            // output, recurrent: the names of sequences, and numbers for people
            Map.entry("client", Set.of("config", "event", "output", "recurrent")),
            // input, recurrent: the demo prints a description of its model
            Map.entry(
                    "demo",
                    Set.of("config", "event", "modelfile", "runtime", "broker", "http", "input", "recurrent"))));

    /** The libraries, besides the JDK, that a package may import, by the prefixes of their packages. */
    private static final Map<String, List<String>> LIBRARIES = new TreeMap<>(Map.ofEntries(
            Map.entry("kernel", List.of("jdk.incubator.vector", "org.ojalgo", "org.slf4j")),
            Map.entry("recurrent", List.of("org.ojalgo")),
            Map.entry("event", List.of("com.fasterxml.jackson")),
            Map.entry("input", List.of()),
            Map.entry("output", List.of("com.fasterxml.jackson")),
            Map.entry("state", List.of()),
            Map.entry("modelfile", List.of("com.fasterxml.jackson")),
            Map.entry("modelfile.tensor", List.of("com.fasterxml.jackson")),
            Map.entry("importer", List.of("com.fasterxml.jackson")),
            Map.entry("importer.bytes", List.of("com.google.protobuf")),
            Map.entry("importer.draft", List.of("com.fasterxml.jackson")),
            Map.entry("importer.torch", List.of("com.fasterxml.jackson")),
            Map.entry("importer.torch.format", List.of("com.fasterxml.jackson")),
            Map.entry("importer.keras", List.of("com.fasterxml.jackson")),
            Map.entry("importer.keras.format", List.of("com.fasterxml.jackson", "io.jhdf")),
            Map.entry("importer.tensorflow", List.of("com.fasterxml.jackson")),
            Map.entry("importer.tensorflow.format", List.of("com.fasterxml.jackson")),
            Map.entry("importer.onnx", List.of("com.fasterxml.jackson")),
            Map.entry("importer.onnx.format", List.of("com.fasterxml.jackson")),
            Map.entry("importer.onnx.run", List.of("org.ojalgo")),
            Map.entry("importer.verify", List.of("com.fasterxml.jackson")),
            Map.entry(
                    "modeltopic",
                    List.of("com.fasterxml.jackson", "org.apache.kafka.clients", "org.apache.kafka.common")),
            Map.entry(
                    "statetopic",
                    List.of("com.fasterxml.jackson", "org.apache.kafka.clients", "org.apache.kafka.common")),
            Map.entry("metrics", List.of()),
            Map.entry("config", List.of("org.apache.kafka.common.config")),
            Map.entry("replay", List.of("com.fasterxml.jackson")),
            Map.entry(
                    "topology",
                    List.of(
                            "org.apache.kafka.streams",
                            "org.apache.kafka.common",
                            "org.apache.kafka.clients",
                            "org.slf4j",
                            "com.fasterxml.jackson")), // the JSON pointer to a sequence's id
            Map.entry(
                    "runtime",
                    List.of(
                            "org.rocksdb", // the memory of the stores
                            "org.apache.kafka.streams",
                            "org.apache.kafka.common",
                            "org.apache.kafka.clients",
                            "org.slf4j")),
            Map.entry(
                    "testkit", List.of("com.fasterxml.jackson", "org.apache.kafka.common", "org.apache.kafka.streams")),
            Map.entry(
                    "client",
                    List.of(
                            "com.fasterxml.jackson",
                            "org.apache.kafka.clients",
                            "org.apache.kafka.common",
                            "org.apache.kafka.streams")), // the settings of its clients in a configuration
            Map.entry(
                    "connect", List.of("org.apache.kafka.connect", "org.apache.kafka.common", "com.fasterxml.jackson")),
            Map.entry(
                    "http",
                    List.of(
                            "com.fasterxml.jackson",
                            "org.apache.kafka.common.config",
                            "org.slf4j",
                            "io.micrometer",
                            "io.prometheus.metrics.model")),
            Map.entry("spring", List.of("org.springframework", "io.micrometer", "org.apache.kafka")),
            Map.entry(
                    "broker",
                    List.of(
                            "kafka.server",
                            "org.apache.kafka.common",
                            "org.apache.kafka.metadata",
                            "org.apache.kafka.server",
                            "org.apache.kafka.network",
                            "org.slf4j",
                            "scala"))));

    private final JavaClasses ours = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    /** The packages that may import any library: commands. */
    private static final Set<String> FREE_IN_LIBRARIES = Set.of("cli", "demo");

    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(BASE) ? "" : type.getPackageName().substring(BASE.length() + 1);
    }

    private Set<String> packages() {
        return ours.stream()
                .map(ArchitectureTest::packageOf)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldFindTheClassesToCheck() {
        assertThat(packages())
                .contains("kernel", "recurrent", "importer.torch.format", "topology", "runtime", "broker", "cli");
    }

    @Test
    void shouldHaveARowForEveryPackageAndNoOther() {
        Set<String> known = new TreeSet<>(OURS.keySet());
        known.add("cli");

        assertThat(known).isEqualTo(packages());
        assertThat(LIBRARIES.keySet()).isSubsetOf(known);
    }

    @Test
    void shouldImportOnlyThoseOfOurPackagesThatTheTableAllows() {
        List<String> offences = new ArrayList<>();
        for (JavaClass type : ours) {
            Set<String> allowed = OURS.get(packageOf(type));
            if (allowed == null) {
                continue;
            }
            for (String imported : importedPackages(type, BASE)) {
                String name = imported.equals(BASE) ? "" : imported.substring(BASE.length() + 1);
                boolean child = name.startsWith(packageOf(type) + ".");
                if (!name.equals(packageOf(type)) && !child && !allowed.contains(name)) {
                    offences.add(type.getName() + " imports " + name);
                }
            }
        }

        assertThat(offences).isEmpty();
    }

    @Test
    void shouldImportOnlyThoseLibrariesThatTheTableAllows() {
        List<String> offences = new ArrayList<>();
        for (JavaClass type : ours) {
            if (FREE_IN_LIBRARIES.contains(packageOf(type))) {
                continue;
            }
            List<String> allowed = LIBRARIES.getOrDefault(packageOf(type), List.of());
            for (String imported : importedPackages(type, "")) {
                boolean inJdk =
                        imported.equals("java") || imported.startsWith("java.") || imported.startsWith("javax.");
                boolean annotations =
                        imported.equals("org.jspecify.annotations") || imported.equals("org.apiguardian.api");
                boolean jdkServer = imported.startsWith("com.sun.net.httpserver")
                        && packageOf(type).equals("http");
                boolean isOurs = imported.equals(BASE) || imported.startsWith(BASE + ".");
                boolean isAllowed =
                        allowed.stream().anyMatch(name -> imported.equals(name) || imported.startsWith(name + "."));
                if (!imported.isEmpty() && !inJdk && !annotations && !jdkServer && !isOurs && !isAllowed) {
                    offences.add(type.getName() + " imports " + imported);
                }
            }
        }

        assertThat(offences).isEmpty();
    }

    private static Set<String> importedPackages(JavaClass type, String prefix) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(target -> !target.isPrimitive())
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the top-level classes that import one of the libraries. */
    private Set<String> importersOf(String... libraries) {
        return ours.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> resideInAnyPackage(libraries)
                                .test(dependency.getTargetClass().getBaseComponentType())))
                .map(type -> type.getName().replaceAll("\\$.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldUseTheIncubatingVectorApiInTheVectorKernelAndItsPartsOnly() {
        assertThat(importersOf("jdk.incubator.."))
                .containsExactly(
                        BASE + ".kernel.Bfloat16Matrix",
                        BASE + ".kernel.VectorExponentials",
                        BASE + ".kernel.VectorKernel",
                        BASE + ".kernel.VectorMatrix");
    }

    @Test
    void shouldUseOjAlgoInOneKernelClassAndForTheErrorFunction() {
        assertThat(importersOf("org.ojalgo..").stream()
                        .filter(name -> !name.startsWith(BASE + ".recurrent."))
                        .toList())
                .containsExactly(BASE + ".importer.onnx.run.ElementFunctions", BASE + ".kernel.OjAlgoKernel");
    }

    @Test
    void shouldUseJHdfInTheReadersOfHdf5Only() {
        assertThat(importersOf("io.jhdf.."))
                .containsExactlyInAnyOrder(
                        BASE + ".importer.keras.format.Hdf5",
                        BASE + ".importer.keras.format.Hdf5Storage",
                        BASE + ".importer.keras.format.Hdf5Texts");
    }

    @Test
    void shouldUseProtobufInOneClass() {
        assertThat(importersOf("com.google.protobuf..")).containsExactly(BASE + ".importer.bytes.ProtobufInput");
    }

    @Test
    void shouldUseKafkasServerInOneClass() {
        assertThat(importersOf(
                        "kafka..",
                        "org.apache.kafka.metadata..",
                        "org.apache.kafka.server..",
                        "org.apache.kafka.network.."))
                .containsExactly(BASE + ".broker.EmbeddedBroker");
    }

    @Test
    void shouldKeepKafkaOutOfTheCore() {
        for (String core : CORE) {
            noClasses()
                    .that()
                    .resideInAPackage(BASE + "." + core + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.kafka..", "kafka..")
                    .because("the core must run without Kafka")
                    .check(ours);
        }
    }

    @Test
    void shouldKeepTheCommandLineInItsPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", BASE + ".cli..")
                .check(ours);
    }

    @Test
    void shouldHaveNoCyclesAmongPackages() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(ours);
    }

    @Test
    void shouldNotLetAChildImportItsParent() {
        for (String parent : packages()) {
            noClasses()
                    .that()
                    .resideInAPackage(BASE + "." + parent + ".*")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(BASE + "." + parent)
                    .allowEmptyShould(true)
                    .check(ours);
        }
    }

    @Test
    void shouldRunWithoutTheImporters() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".importer..", BASE + ".cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + ".importer..")
                .because("a running application and the Connect plugin must not need them")
                .check(ours);
    }

    @Test
    void shouldHaveNoSourceFileOfMoreThan400Lines() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > 400) {
                tooLong.put(SOURCES.relativize(file).toString(), lines);
            }
        }

        assertThat(tooLong).isEmpty();
    }

    @Test
    void shouldHaveNoPackageWithAThirdOfTheCode() throws IOException {
        Map<String, Integer> linesByPackage = new TreeMap<>();
        for (Path file : sources()) {
            linesByPackage.merge(SOURCES.relativize(file.getParent()).toString(), linesOfCode(file), Integer::sum);
        }
        int all = linesByPackage.values().stream().mapToInt(lines -> lines).sum();

        assertThat(all).isPositive();
        assertThat(linesByPackage).allSatisfy((name, lines) -> assertThat(lines).isLessThan(all / 3));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** Returns the number of lines that are neither empty nor comments. */
    private static int linesOfCode(Path file) throws IOException {
        return (int) Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("/") && !line.startsWith("*"))
                .count();
    }

    @Test
    void shouldHaveNoCatchAllPackage() {
        assertThat(packages()).noneMatch(name -> name.matches("(.*\\.)?(utils?|commons?|helpers?|misc)(\\..*)?"));
    }

    @Test
    void shouldDescribeEveryPackage() {
        for (String name : packages()) {
            assertThat(ours.stream()
                            .anyMatch(type -> packageOf(type).equals(name)
                                    && type.getSimpleName().equals("package-info")))
                    .as("package-info of " + name)
                    .isTrue();
        }
    }
}

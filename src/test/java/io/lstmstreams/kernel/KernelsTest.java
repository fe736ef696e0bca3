package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {

    @ParameterizedTest
    @ValueSource(strings = {"vector", "portable", "scalar", "ojalgo"})
    void shouldFindAKernelByItsName(String name) {
        assertThat(Kernels.named(name).name()).isEqualTo(name);
    }

    @Test
    void shouldChooseTheVectorKernelIfItsModuleIsPresent() {
        assertThat(Kernels.auto().name()).isEqualTo("vector");
        assertThat(Kernels.named("auto").name()).isEqualTo("vector");
    }

    @Test
    void shouldNameTheChoicesWhenANameIsUnknown() {
        assertThatThrownBy(() -> Kernels.named("gpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no kernel \"gpu\"; choose one of auto, vector, portable, scalar, ojalgo");
        assertThat(Kernels.names()).containsExactly("auto", "vector", "portable", "scalar", "ojalgo");
    }

    @Test
    void shouldWarnAndFallBackToPortableWithoutTheVectorModule() throws Exception {
        // When
        String output = inAJvmWithoutTheVectorModule("auto");

        // Then
        assertThat(output).contains("chosen: portable").doesNotContain("NoClassDefFoundError");
        assertThat(output.lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains("start java with --add-modules jdk.incubator.vector");
    }

    @Test
    void shouldRefuseAForcedVectorKernelWithoutTheVectorModule() throws Exception {
        assertThat(inAJvmWithoutTheVectorModule("vector"))
                .contains("refused: Kernel vector is not available: start java with --add-modules jdk.incubator.vector")
                .doesNotContain("NoClassDefFoundError");
    }

    @ParameterizedTest
    @ValueSource(strings = {"portable", "scalar", "ojalgo"})
    void shouldRunTheOtherKernelsWithoutTheVectorModule(String name) throws Exception {
        assertThat(inAJvmWithoutTheVectorModule(name)).contains("chosen: " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "vector"})
    void shouldKeepWeightsAsBfloat16InTheVectorKernel(String name) {
        // Given 1 + 2^-8, which is as near to 1 as to 1 + 2^-7, and 1 + 2^-8 + 2^-9
        float[] weights = {1 + 1 / 256f, 1 + 3 / 512f};
        float[] y = new float[2];

        // When
        Kernels.named(name, "bfloat16").matrix(2, 1, weights).multiply(new float[] {1}, new float[2], 0, y);

        // Then
        assertThat(y).containsExactly(1, 1 + 1 / 128f);
    }

    @Test
    void shouldRefuseWeightsOfAPrecisionThatAKernelDoesNotHave() {
        assertThatThrownBy(() -> Kernels.named("portable", "bfloat16"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Kernel portable does not support bfloat16 weights; choose kernel vector or float32 weights");
        assertThatThrownBy(() -> Kernels.named("auto", "int8"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no precision \"int8\" of weights; choose one of float32, bfloat16");
        assertThat(Kernels.named("portable", "float32").name()).isEqualTo("portable");
    }

    private static String inAJvmWithoutTheVectorModule(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Dlstm.log=WARN", "-cp", System.getProperty("java.class.path"), Choice.class.getName(), name));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The child JVM. */
    static final class Choice {

        private Choice() {}

        public static void main(String[] args) {
            try {
                System.out.println("chosen: " + Kernels.named(args[0]).name());
            } catch (IllegalStateException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}

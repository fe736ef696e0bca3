package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole classes of the page "In your own topology": they compile as they stand there, and their test passes. */
class LibraryPageTest {
    private static final Path PAGE = Path.of("src", "docs", "library.md");
    private static final Pattern CLASS = Pattern.compile("(?m)^```java\\n(import .*?)^```$", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("(?m)^(?:public final )?class (\\w+)");

    @TempDir
    private Path folder;

    private List<String> write() throws IOException {
        List<String> files = new ArrayList<>();
        Matcher block = CLASS.matcher(Files.readString(PAGE));
        while (block.find()) {
            Matcher name = NAME.matcher(block.group(1));
            assertThat(name.find()).isTrue();
            Path file = folder.resolve(name.group(1) + ".java");
            Files.writeString(file, block.group(1));
            files.add(file.toString());
        }
        return files;
    }

    @Test
    void shouldCompileAndPassAsThePageShowsThem() throws Exception {
        List<String> files = write();
        assertThat(files).hasSize(2);
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()));
        arguments.addAll(files);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();

        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, LibraryPageTest.class.getClassLoader())) {
            Class<?> test = classes.loadClass("OrdersTest");
            Constructor<?> constructor = test.getDeclaredConstructor();
            constructor.setAccessible(true);
            int run = 0;
            for (Method method : test.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    method.setAccessible(true);
                    method.invoke(constructor.newInstance());
                    run++;
                }
            }
            assertThat(run).isEqualTo(1);
        }
    }
}

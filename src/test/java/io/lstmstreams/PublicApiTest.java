package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The types that users may rely on carry {@code @API}. They expose only each other, except in members that are marked
 * as internal, and they are all that our own examples and pages use.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublicApiTest {
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (io\\.lstmstreams\\.[\\w.]+);$");

    private final JavaClasses ours = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.lstmstreams");

    private static boolean isApi(JavaClass type) {
        return type.isAnnotatedWith(API.class)
                ? isStable(type.getAnnotationOfType(API.class))
                : type.getEnclosingClass().map(PublicApiTest::isApi).orElse(false);
    }

    private static boolean isStable(API api) {
        return api.status() != API.Status.INTERNAL;
    }

    private static boolean isOffered(JavaMember member) {
        return (member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                && !member.getModifiers().contains(JavaModifier.SYNTHETIC)
                && member.tryGetAnnotationOfType(API.class)
                        .map(PublicApiTest::isStable)
                        .orElse(true);
    }

    private Stream<JavaClass> api() {
        return ours.stream()
                .filter(PublicApiTest::isApi)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC));
    }

    @Test
    void shouldExposeOnlyTypesOfTheApi() {
        List<String> offences = api().flatMap(type -> type.getMembers().stream())
                .filter(PublicApiTest::isOffered)
                .flatMap(member -> types(member).stream()
                        .map(JavaClass::getBaseComponentType)
                        .filter(type -> type.getPackageName().startsWith("io.lstmstreams"))
                        .filter(type -> !isApi(type))
                        .map(type -> member.getFullName() + " exposes " + type.getName()))
                .sorted()
                .toList();

        assertThat(offences).isEmpty();
    }

    private static Set<JavaClass> types(JavaMember member) {
        return member instanceof JavaCodeUnit unit
                ? Stream.concat(
                                Stream.concat(unit.getRawParameterTypes().stream(), Stream.of(unit.getRawReturnType())),
                                unit.getAllInvolvedRawTypes().stream())
                        .collect(Collectors.toSet())
                : member.getAllInvolvedRawTypes();
    }

    @Test
    void shouldBeAllThatExamplesAndPagesUse() throws IOException {
        Set<String> names = api().map(JavaClass::getFullName).collect(Collectors.toSet());
        Set<String> used = new TreeSet<>();
        try (Stream<Path> examples = Files.walk(Path.of("src", "examples"));
                Stream<Path> pages = Files.list(Path.of("src", "docs"))) {
            for (Path file : Stream.concat(examples, pages)
                    .filter(file -> file.toString().matches(".*\\.(java|md)"))
                    .toList()) {
                Matcher imported = IMPORT.matcher(Files.readString(file));
                while (imported.find()) {
                    used.add(imported.group(1));
                }
            }
        }

        assertThat(used).hasSizeGreaterThan(5);
        assertThat(names).containsAll(used);
    }
}

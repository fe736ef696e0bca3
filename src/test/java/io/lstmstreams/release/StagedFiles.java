package io.lstmstreams.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/**
 * A check of the files of a release against Maven Central's requirements (central.sonatype.org, "Requirements"), and of
 * each jar's licence. Uses the JDK only, so that {@code java StagedFiles.java FOLDER} runs it, as {@code .ci/release}
 * does. Signatures are checked for their existence here, and by GnuPG there.
 */
public final class StagedFiles {
    private static final Map<String, String> CHECKSUMS = Map.of("md5", "MD5", "sha1", "SHA-1");
    private static final List<String> REQUIRED = List.of(
            "/project/groupId",
            "/project/artifactId",
            "/project/version",
            "/project/name",
            "/project/description",
            "/project/url",
            "/project/licenses/license/name",
            "/project/licenses/license/url",
            "/project/developers/developer/name",
            "/project/developers/developer/url",
            "/project/scm/connection",
            "/project/scm/developerConnection",
            "/project/scm/url");

    private final List<String> faults = new ArrayList<>();
    private final Path folder;
    private final String name; // of every file: artifact-version

    private StagedFiles(Path folder) {
        this.folder = folder;
        this.name = folder.getParent().getFileName() + "-" + folder.getFileName();
    }

    /** Prints the faults of a staged release and exits with 1 if there are any. */
    public static void main(String[] args) throws IOException {
        List<String> faults = faults(Path.of(args[0]));
        faults.forEach(System.out::println);
        System.out.printf("%s: %s%n", args[0], faults.isEmpty() ? "ready for Maven Central" : "not ready");
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    /**
     * Returns what is wrong with the files of one version; empty if nothing is.
     *
     * @param folder the folder of the version in a Maven repository, {@code .../artifact/version}
     */
    static List<String> faults(Path folder) throws IOException {
        StagedFiles staged = new StagedFiles(folder);
        staged.checkFiles();
        staged.checkPom();
        staged.checkJars();
        return List.copyOf(staged.faults);
    }

    private void checkFiles() throws IOException {
        Set<String> files =
                new TreeSet<>(list().map(file -> file.getFileName().toString()).toList());
        for (String required : List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")) {
            if (!files.contains(name + required)) {
                faults.add(name + required + " is missing");
            }
        }
        for (String file : files) {
            if (file.matches(".*\\.(md5|sha1|sha256|sha512|asc)")) {
                continue;
            }
            if (!files.contains(file + ".asc")) {
                faults.add(file + " is not signed");
            }
            for (Map.Entry<String, String> checksum : CHECKSUMS.entrySet()) {
                checkSum(file, checksum.getKey(), checksum.getValue());
            }
        }
    }

    private Stream<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList().stream();
        }
    }

    private void checkSum(String file, String suffix, String algorithm) throws IOException {
        Path sum = folder.resolve(file + "." + suffix);
        if (!Files.exists(sum)) {
            faults.add(file + " has no " + suffix);
            return;
        }
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(folder.resolve(file)));
            if (!Files.readString(sum).strip().equals(HexFormat.of().formatHex(digest))) {
                faults.add(file + " has another " + suffix + " than stated");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void checkPom() throws IOException {
        Path pom = folder.resolve(name + ".pom");
        if (!Files.exists(pom)) {
            return;
        }
        try (InputStream in = Files.newInputStream(pom)) {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(in));
            XPath path = XPathFactory.newInstance().newXPath();
            for (String required : REQUIRED) {
                if (path.evaluate(required, document).isBlank()) {
                    faults.add("the POM has no " + required.substring("/project/".length()));
                }
            }
            for (String version : new String[] {"/project/version", "//dependency/version", "//plugin/version"}) {
                if (!path.evaluate(version + "[contains(., '-SNAPSHOT')]", document)
                        .isEmpty()) {
                    faults.add("the POM names a snapshot at " + version);
                }
            }
            if (!path.evaluate("//repository/url", document).isEmpty()) {
                faults.add("the POM names a repository of its own");
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // of the parser
            faults.add("the POM cannot be read: " + e.getMessage());
        }
    }

    private void checkJars() throws IOException {
        for (Path file : list().filter(file -> file.toString().endsWith(".jar")).collect(Collectors.toList())) {
            try (JarFile jar = new JarFile(file.toFile())) {
                for (String required : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
                    if (jar.getEntry(required) == null) {
                        faults.add(file.getFileName() + " has no " + required);
                    }
                }
                if (jar.getEntry("META-INF/LICENSE") != null
                        && !new String(
                                        jar.getInputStream(jar.getEntry("META-INF/LICENSE"))
                                                .readAllBytes(),
                                        StandardCharsets.UTF_8)
                                .contains("Apache License")) {
                    faults.add(file.getFileName() + " has another licence");
                }
            }
        }
    }
}

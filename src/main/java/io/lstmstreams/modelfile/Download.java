package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Fetches a model file from a URI. Who may have it often stands in the URI itself, as a password or as a signature in the
 * query: nothing that is said of it shows these.
 */
final class Download {
    private static final int PATIENCE_MS = 30_000; // to connect, and for each part of the answer
    private static final String LEFT_OUT = "***";

    private Download() {}

    /**
     * Fetches it.
     *
     * @param target overwritten
     * @throws Inaccessible if there is no such file or nobody who answers; without a cause, whose message would have the whole URI
     */
    static void fetch(URI uri, Path target) {
        try {
            URLConnection connection = uri.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            connection.setUseCaches(false); // a jar that is cached stays open
            try (InputStream in = connection.getInputStream()) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (MalformedURLException e) {
            throw new Inaccessible(shown(uri.toString()), "is no path or URI that can be read", null);
        } catch (IOException e) {
            String reason = e.toString().replace(uri.toString(), shown(uri.toString()));
            throw new Inaccessible(shown(uri.toString()), "cannot be read (" + hidden(reason, "\\S*") + ")", null);
        }
    }

    /** A location as people may read it: without user, password and query. */
    static String shown(String location) {
        return hidden(location, "(?s:.*)");
    }

    private static String hidden(String text, String anything) {
        return text.replaceAll("//" + anything + "@", "//" + LEFT_OUT + "@")
                .replaceAll("\\?" + anything, "?" + LEFT_OUT);
    }
}

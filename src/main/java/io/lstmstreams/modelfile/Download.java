package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;

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
     * @param most how many bytes it may have
     * @throws Inaccessible if it has more, there is no such file or nobody who answers; without a cause, whose message would have the whole URI
     */
    static void fetch(URI uri, Path target, long most) {
        try {
            URLConnection connection = uri.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            connection.setUseCaches(false); // a jar that is cached stays open
            try (InputStream in = connection.getInputStream();
                    OutputStream out = Files.newOutputStream(target)) {
                copy(in, out, most);
            }
        } catch (MalformedURLException e) {
            throw new Inaccessible(shown(uri.toString()), "is no path or URI that can be read", null);
        } catch (IOException e) {
            String reason = e.toString().replace(uri.toString(), shown(uri.toString()));
            throw new Inaccessible(shown(uri.toString()), "cannot be read (" + hidden(reason, "\\S*") + ")", null);
        }
    }

    private static void copy(InputStream in, OutputStream out, long most) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long copied = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            copied += read;
            if (copied > most) {
                throw new IOException("it has more than " + most + " bytes");
            }
            out.write(buffer, 0, read);
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

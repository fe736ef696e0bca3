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
 * Fetches a model file from a URI. A URI often contains credentials, such as a password or a signature in the query: no
 * message shows these parts.
 */
final class Download {
    private static final int TIMEOUT_MS = 30_000; // to connect, and for each part of the answer
    private static final String MASK = "***";

    private Download() {}

    /**
     * Fetches a file.
     *
     * @param target the local copy, which is overwritten
     * @param maxBytes the file's greatest size in bytes
     * @throws Inaccessible if the file is larger or does not exist, or the server does not answer; the exception has
     *     no cause, because the cause's message would show the whole URI
     */
    static void fetch(URI uri, Path target, long maxBytes) {
        try {
            URLConnection connection = uri.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setUseCaches(false); // a cached jar stays open
            try (InputStream in = connection.getInputStream();
                    OutputStream out = Files.newOutputStream(target)) {
                copy(in, out, maxBytes);
            }
        } catch (MalformedURLException e) {
            throw new Inaccessible(shown(uri.toString()), "is not a readable path or URI", null);
        } catch (IOException e) {
            String reason = e.toString().replace(uri.toString(), shown(uri.toString()));
            throw new Inaccessible(shown(uri.toString()), "cannot be read (" + hidden(reason, "\\S*") + ")", null);
        }
    }

    private static void copy(InputStream in, OutputStream out, long maxBytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long copied = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            copied += read;
            if (copied > maxBytes) {
                throw new IOException("it has more than " + maxBytes + " bytes");
            }
            out.write(buffer, 0, read);
        }
    }

    /** Returns a location that may be shown: without user, password and query. */
    static String shown(String location) {
        return hidden(location, "(?s:.*)");
    }

    private static String hidden(String text, String anything) {
        return text.replaceAll("//" + anything + "@", "//" + MASK + "@").replaceAll("\\?" + anything, "?" + MASK);
    }
}

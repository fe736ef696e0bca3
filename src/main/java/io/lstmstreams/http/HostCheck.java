package io.lstmstreams.http;

import java.util.Locale;
import java.util.Set;

/**
 * Whom a request thinks it talks to. A server on the loopback address is asked by this machine's programs only, a browser
 * among them, which could be made to believe that a stranger's name means this machine (DNS rebinding): then the stranger's
 * pages would read what is here. So only names of this machine are answered.
 */
final class HostCheck {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String host; // as configured
    private final boolean loopback;

    HostCheck(String host, boolean loopback) {
        this.host = host.toLowerCase(Locale.ROOT);
        this.loopback = loopback;
    }

    /** @param header the header Host; null if there is none */
    boolean allows(String header) {
        if (!loopback) {
            return true;
        }
        if (header == null) {
            return false;
        }
        int colon = header.lastIndexOf(':');
        boolean hasPort = colon > header.lastIndexOf(']');
        String name = (hasPort ? header.substring(0, colon) : header).toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(name) || name.equals(host);
    }
}

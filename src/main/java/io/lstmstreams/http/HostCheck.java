package io.lstmstreams.http;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A check of the Host header against DNS rebinding. Only programs of this machine reach a server on the loopback
 * address, but one of them is a browser, which an attacker can make believe that the attacker's host name means this
 * machine. The attacker's pages could then read the server's answers. Such a server therefore answers only requests
 * for a name of this machine.
 */
final class HostCheck {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String host; // as configured
    private final boolean loopback;

    HostCheck(String host, boolean loopback) {
        this.host = host.toLowerCase(Locale.ROOT);
        this.loopback = loopback;
    }

    /** @param header the Host header; null if it is missing */
    boolean allows(@Nullable String header) {
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

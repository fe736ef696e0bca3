package io.lstmstreams.http;

import com.sun.net.httpserver.BasicAuthenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets in whoever knows one name and one password. */
final class Credentials extends BasicAuthenticator {
    private final byte[] user;
    private final byte[] password;

    Credentials(String user, String password) {
        super("lstm-streams", StandardCharsets.UTF_8);
        this.user = user.getBytes(StandardCharsets.UTF_8);
        this.password = password.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean checkCredentials(String givenUser, String givenPassword) {
        // Both are compared in any case and to the end: the time tells nothing.
        boolean sameUser = MessageDigest.isEqual(user, givenUser.getBytes(StandardCharsets.UTF_8));
        boolean samePassword = MessageDigest.isEqual(password, givenPassword.getBytes(StandardCharsets.UTF_8));
        return sameUser & samePassword;
    }
}

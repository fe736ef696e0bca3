package io.lstmstreams.http;

import com.sun.net.httpserver.BasicAuthenticator;
import io.lstmstreams.config.HttpConfig.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Basic authentication with one user and one password. */
final class Credentials extends BasicAuthenticator {
    private final byte[] user;
    private final byte[] password;

    Credentials(User user) {
        super("lstm-streams", StandardCharsets.UTF_8);
        this.user = user.name().getBytes(StandardCharsets.UTF_8);
        this.password = user.password().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean checkCredentials(String givenUser, String givenPassword) {
        // Both comparisons always run to the end, so that the time reveals nothing.
        boolean sameUser = MessageDigest.isEqual(user, givenUser.getBytes(StandardCharsets.UTF_8));
        boolean samePassword = MessageDigest.isEqual(password, givenPassword.getBytes(StandardCharsets.UTF_8));
        return sameUser & samePassword;
    }
}

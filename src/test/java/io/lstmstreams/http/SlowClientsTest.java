package io.lstmstreams.http;

import io.lstmstreams.config.LstmStreamsConfig;
import javax.net.SocketFactory;

/** Slow clients over plain HTTP. */
class SlowClientsTest extends SlowClientsSuite {
    @Override
    LstmStreamsConfig config() {
        return ApplicationServerTest.config();
    }

    @Override
    SocketFactory sockets() {
        return SocketFactory.getDefault();
    }
}

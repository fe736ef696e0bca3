package io.lstmstreams.demo;

import java.util.List;

/**
 * The log events of one block of the file system.
 *
 * @param id the block's id, such as {@code blk_-1608999687919862906}
 * @param events {@code E1} to {@code E28}, at least one
 * @param fault the injected fault
 */
record BlockSession(String id, List<String> events, Fault fault) {

    BlockSession {
        events = List.copyOf(events);
    }
}

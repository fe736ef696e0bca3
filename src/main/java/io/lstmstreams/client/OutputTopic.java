package io.lstmstreams.client;

import io.lstmstreams.config.LstmStreamsConfig;
import org.jspecify.annotations.Nullable;

/** A topic that an application writes for others to read. */
public enum OutputTopic {
    RESULTS,
    VERDICTS,
    DEAD_LETTERS;

    /** Returns the topic's name in a configuration; null if the application does not write such records. */
    @Nullable
    String name(LstmStreamsConfig config) {
        String name = switch (this) {
            case RESULTS -> config.output().topic();
            case VERDICTS -> config.output().verdictTopic();
            case DEAD_LETTERS -> config.deadLetterTopic();
        };
        return name == null || name.isEmpty() ? null : name;
    }
}

package io.lstmstreams.event;

import org.apiguardian.api.API;

/** The names of the headers of a dead letter. They are those of Kafka Streams' own handlers. */
@API(status = API.Status.STABLE)
public final class DeadLetterHeaders {
    /** The beginning of all names. */
    public static final String PREFIX = "__streams.errors.";

    /** The reason why the record could not be processed. */
    public static final String MESSAGE = PREFIX + "message";

    /** The record's topic. */
    public static final String TOPIC = PREFIX + "topic";

    /** The record's partition. */
    public static final String PARTITION = PREFIX + "partition";

    /** The record's offset. */
    public static final String OFFSET = PREFIX + "offset";

    private DeadLetterHeaders() {}
}

package io.lstmstreams.topology;

import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Some of the stored states of a partition.
 *
 * @param states the states in ascending order of their keys; may be empty
 * @param next the key to continue with; null at the partition's end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateRange(List<KeyValue<Bytes, byte[]>> states, byte @Nullable [] next) {}

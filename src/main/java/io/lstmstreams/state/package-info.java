/** Encoding and decoding of the stored bytes of a sequence's state. This package knows no store and no Kafka. */
@NullMarked
package io.lstmstreams.state;

import org.jspecify.annotations.NullMarked;

/** Encoding and decoding of the stored bytes of a sequence's state. This package does not depend on stores or Kafka. */
@NullMarked
package io.lstmstreams.state;

import org.jspecify.annotations.NullMarked;

/** Encoding and decoding of the stored bytes of a sequence's state. This package knows no store and no Kafka. */
package io.lstmstreams.state;

/** The state of a sequence to stored bytes and back. Knows no store and no Kafka. */
package io.lstmstreams.state;

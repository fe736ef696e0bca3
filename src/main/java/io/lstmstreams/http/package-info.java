/**
 * The HTTP interface of an application: health, metrics, the dashboard, and the current states of sequences, for
 * which it also asks the other instances. Knows no topology and no Kafka Streams, only the running application. No
 * request changes a state.
 */
package io.lstmstreams.http;

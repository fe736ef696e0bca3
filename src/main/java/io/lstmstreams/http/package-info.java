/**
 * What an application says of itself over HTTP: health, metrics, and the dashboard. Knows no topology and no Kafka Streams, only the
 * running application; nothing here changes a state.
 */
package io.lstmstreams.http;

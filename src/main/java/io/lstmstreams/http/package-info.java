/**
 * What an application says of itself over HTTP: health, metrics, the dashboard, and where its sequences stand, for which it asks the
 * other instances too. Knows no topology and no Kafka Streams, only the running application; nothing here changes a state.
 */
package io.lstmstreams.http;

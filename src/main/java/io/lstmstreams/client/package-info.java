/**
 * The other side of an application's topics: sends events to its input topic and reads its output topics, as its
 * configuration describes them, so that neither needs Kafka's own tools.
 *
 * <p>It knows the configuration and the formats of records. It knows no model and no running application.
 */
@NullMarked
package io.lstmstreams.client;

import org.jspecify.annotations.NullMarked;

/**
 * Spring Boot's side of the library: an auto-configuration, which Spring Boot finds and applies if {@code lstm.model} is
 * set. Its beans are a supplier of processors with the keys {@code lstm.*} of the application's properties, the
 * settings of Kafka Streams that it needs, health and metrics.
 */
@NullMarked
package io.lstmstreams.spring;

import org.jspecify.annotations.NullMarked;

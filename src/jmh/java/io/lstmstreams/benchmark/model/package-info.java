/** Networks of random weights: how fast they are does not depend on what they have learnt. Knows no Kafka. */
package io.lstmstreams.benchmark.model;

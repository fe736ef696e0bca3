/** Networks with random weights, which are as fast as trained ones. This package knows no Kafka. */
package io.lstmstreams.benchmark.model;

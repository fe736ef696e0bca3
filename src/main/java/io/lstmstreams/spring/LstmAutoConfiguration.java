package io.lstmstreams.spring;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.LstmProcessorSupplier;
import io.lstmstreams.topology.StepOptions;
import io.lstmstreams.topology.StepServices;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apiguardian.api.API;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.kafka.annotation.KafkaStreamsDefaultConfiguration;
import org.springframework.kafka.config.KafkaStreamsConfiguration;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * The beans of a Spring Boot application whose Kafka Streams topology has a recurrent model. They exist if
 * {@code lstm.model} is set: a path, a URI, or {@code classpath:} and a name. A bean of the application's own replaces
 * the bean of the same type.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@API(status = API.Status.STABLE)
@ConditionalOnClass({StreamsBuilder.class, StreamsBuilderFactoryBean.class})
@ConditionalOnProperty("lstm.model")
public class LstmAutoConfiguration {
    private static final String CLASS_PATH = "classpath:";

    /** Creates the configuration. */
    public LstmAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    LstmStreamsConfig lstmStreamsConfig(Environment environment) {
        return LstmProperties.read(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    Model lstmModel(LstmStreamsConfig config, ResourceLoader resources) {
        String location = String.valueOf(config.models().file());
        if (!location.startsWith(CLASS_PATH)) {
            return ModelFile.load(location);
        }
        try {
            return ModelFile.load(resources.getResource(location).getURL().toString());
        } catch (IOException e) {
            throw new ModelFileException.Inaccessible(location, "is not on the class path", e);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    StreamMetrics lstmStreamMetrics() {
        return new StreamMetrics();
    }

    @Bean
    @ConditionalOnMissingBean
    StepServices lstmStepServices(StreamMetrics metrics) {
        return new StepServices().metrics(metrics);
    }

    /** Creates the options of the keys {@code lstm.*}, for a supplier of the application's own. */
    @Bean
    @ConditionalOnMissingBean
    StepOptions lstmStepOptions(LstmStreamsConfig config) {
        return StepOptions.of(config);
    }

    @Bean
    @ConditionalOnMissingBean
    FetchedRecords lstmFetchedRecords() {
        return new FetchedRecords();
    }

    /** Creates the supplier for records of bytes; an application with other types declares its own. */
    @Bean
    @ConditionalOnMissingBean(LstmProcessorSupplier.class)
    LstmProcessorSupplier<byte[], byte[]> lstmProcessorSupplier(
            LstmStreamsConfig config, Model model, StepOptions options, StepServices services, FetchedRecords fetched) {
        return LstmProcessorSupplier.builder(config, model)
                .options(options)
                .services(services)
                .lookAhead(fetched, new ByteArrayDeserializer())
                .build();
    }

    @Bean
    @ConditionalOnMissingBean
    StreamClients lstmStreamClients() {
        return new StreamClients();
    }

    @Bean
    @ConditionalOnMissingBean
    LstmStreamsConfigurer lstmStreamsConfigurer(
            LstmStreamsConfig config, FetchedRecords fetched, StreamClients clients) {
        return new LstmStreamsConfigurer(config.batchSize() > 1, fetched, clients);
    }

    /** Creates the topic of dead letters when the application starts, if there is none. */
    @Bean
    @ConditionalOnMissingBean(name = "lstmDeadLetterTopic")
    @ConditionalOnBean(name = KafkaStreamsDefaultConfiguration.DEFAULT_STREAMS_CONFIG_BEAN_NAME)
    KafkaAdmin.NewTopics lstmDeadLetterTopic(KafkaStreamsConfiguration streams) {
        return new KafkaAdmin.NewTopics(
                LstmStreamsConfigurer.deadLetterTopic(streams.asProperties())
                        .map(name -> TopicBuilder.name(name).build())
                        .stream()
                        .toArray(NewTopic[]::new));
    }

    /** The health of the streams, with Spring Boot's Actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class Health {
        @Bean
        @ConditionalOnMissingBean(name = {"lstmHealthIndicator", "lstmHealthContributor"})
        @ConditionalOnEnabledHealthIndicator("lstm")
        HealthIndicator lstmHealthIndicator(StreamClients clients) {
            return new StreamHealthIndicator(clients);
        }
    }

    /** The metrics of the streams, with Micrometer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Meters {
        @Bean
        @ConditionalOnMissingBean(name = "lstmMeters")
        MeterBinder lstmMeters(StreamMetrics metrics) {
            return new StreamMeters(metrics);
        }
    }
}

package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RestorationTest {
    private static final TopicPartition FIRST = new TopicPartition("changelog", 0);
    private static final TopicPartition SECOND = new TopicPartition("changelog", 1);

    private final Restoration restoration = new Restoration();

    @Test
    void shouldReportTheRemainingRecordsOfAllPartitions() {
        assertThat(restoration.remaining()).isZero();

        restoration.onRestoreStart(FIRST, "store", 100, 300);
        restoration.onRestoreStart(SECOND, "store", 0, 50);
        assertThat(restoration.remaining()).isEqualTo(250);

        restoration.onBatchRestored(FIRST, "store", 199, 60); // the last offset of the batch
        assertThat(restoration.remaining()).isEqualTo(150);

        restoration.onBatchRestored(FIRST, "store", 299, 60);
        restoration.onBatchRestored(SECOND, "store", 49, 50);
        assertThat(restoration.remaining()).isZero();
    }

    @Test
    void shouldRemoveRestoredAndLostPartitions() {
        restoration.onRestoreStart(FIRST, "store", 0, 10);
        restoration.onRestoreStart(SECOND, "store", 0, 10);

        restoration.onRestoreEnd(FIRST, "store", 7);
        restoration.onRestoreSuspended(SECOND, "store", 3);
        restoration.onBatchRestored(SECOND, "store", 4, 1); // which arrives too late

        assertThat(restoration.remaining()).isZero();
    }
}

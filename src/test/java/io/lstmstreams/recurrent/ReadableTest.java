package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadableTest {

    @Test
    void shouldWriteNumbersWithoutAnExponent() {
        assertThat(Readable.number(0.0002)).isEqualTo("0.0002");
        assertThat(Readable.number(-1e-9)).isEqualTo("-0.000000001");
        assertThat(Readable.number(12_345_678.5)).isEqualTo("12345678.5");
        assertThat(Readable.number(0.2f)).isEqualTo("0.2");
    }

    @Test
    void shouldWriteNoZerosAtTheEnd() {
        assertThat(Readable.number(1.0)).isEqualTo("1");
        assertThat(Readable.number(-0.0)).isEqualTo("0");
        assertThat(Readable.number(100f)).isEqualTo("100");
    }

    @Test
    void shouldWriteNumbersOfManyZerosWithAnExponent() {
        assertThat(Readable.number(1e-12)).isEqualTo("1.0E-12");
        assertThat(Readable.number(1e15)).isEqualTo("1.0E15");
        assertThat(Readable.number(Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void shouldWriteThreeDigitsOfAProbability() {
        assertThat(Readable.probability(0.000000952378)).isEqualTo("0.000000952");
        assertThat(Readable.probability(0.99999)).isEqualTo("1");
        assertThat(Readable.probability(1e-30)).isEqualTo("under 0.000000001");
        assertThat(Readable.probability(Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void shouldCountInSingularAndPlural() {
        assertThat(Readable.count(0, "event")).isEqualTo("0 events");
        assertThat(Readable.count(1, "event")).isEqualTo("1 event");
        assertThat(Readable.count(2_000, "event")).isEqualTo("2,000 events");
    }
}

package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoorKeyTest {

    @Test
    void onlyTheRightKeyFits() {
        DoorKey key = new DoorKey("schlüssel-123");
        assertThat(key.fits("schlüssel-123")).isTrue();
        assertThat(key.fits("schlüssel-124")).isFalse();
        assertThat(key.fits("schlüssel-12")).isFalse();
        assertThat(key.fits("schlüssel-1234")).isFalse();
        assertThat(key.fits("")).isFalse();
        assertThat(key.fits(null)).isFalse();
    }

    @Test
    void whereNoKeyIsSetNoneFits() {
        assertThat(new DoorKey("").fits("")).isFalse();
        assertThat(new DoorKey("").fits(null)).isFalse();
        assertThat(new DoorKey("").fits("anything")).isFalse();
    }
}

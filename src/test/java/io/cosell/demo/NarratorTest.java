package io.cosell.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads when a step does not come to its end. */
class NarratorTest {

    private final StringWriter text = new StringWriter();
    private final Narrator narrator = new Narrator(new PrintWriter(text), () -> List.of("-> a call"), Duration.ZERO,
        () -> List.of("\"Cold chain\" is not in Dynamics 365"));

    @Test
    void aStepThatTakesTooLongSaysWhichOneAndHowThingsStand() {
        narrator.step("A deal is made");
        StoryFailure failure = catchThrowableOfType(StoryFailure.class, () -> narrator.until("the CRM shows it", () -> false));
        narrator.fails(failure);

        assertThat(failure).hasMessage("Step 1 (A deal is made) did not come to its end within 0 seconds: waited until the CRM shows it.");
        assertThat(text.toString().lines().toList()).contains("1. A deal is made", "     -> a call")
            .endsWith("", "Step 1 (A deal is made) did not come to its end within 0 seconds: waited until the CRM shows it.",
                "  \"Cold chain\" is not in Dynamics 365");
    }

    @Test
    void aConditionThatCannotBeLookedAtSaysWhy() {
        StoryFailure failure = catchThrowableOfType(StoryFailure.class, () -> narrator.until("the CRM shows it", () -> {
            throw new IllegalArgumentException("There is no referral 7.");
        }));

        assertThat(failure.state()).startsWith("Last problem: There is no referral 7.");
    }

    @Test
    void longTextIsWrapped() {
        narrator.says("word ".repeat(60));

        assertThat(text.toString().lines().toList()).hasSizeGreaterThan(1)
            .allMatch(line -> line.length() <= 110 && line.startsWith("   word"));
    }
}

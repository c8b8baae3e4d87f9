package io.cosell.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.config.HostPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookEventTest {

    private static final String ID = "1b2c3d4e-0000-4000-8000-00000000000a";
    private static final HostPatterns HOSTS = HostPatterns.parse(WebhookConfig.PARTNER_CENTER_HOSTS);

    private static String sample(String name) throws IOException {
        try (InputStream file = WebhookEventTest.class.getResourceAsStream("/contracts/partner-center/" + name)) {
            return new String(file.readAllBytes(), UTF_8).replaceAll("\\{\\{[A-Za-z]+}}", ID);
        }
    }

    private static String event(String name, String uri, String date) {
        return "{\"EventName\":\"" + name + "\",\"ResourceUri\":\"" + uri
                + "\",\"ResourceName\":\"referral\",\"ResourceChangeUtcDate\":\"" + date + "\"}";
    }

    private static void assertInvalid(String body, String code) {
        assertThatExceptionOfType(WebhookEvent.Invalid.class).isThrownBy(() -> WebhookEvent.parse(body.getBytes(UTF_8), HOSTS))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code)).withMessageEndingWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"referral-created", "referral-updated", "related-referral-created", "related-referral-updated"})
    void readsTheOfficialReferralEvents(String name) throws Exception {
        assertThat(WebhookEvent.parse(sample("event-" + name + ".json").getBytes(UTF_8), HOSTS))
                .isEqualTo(new WebhookEvent(name, "referral", ID, Instant.parse("2018-02-17T00:05:39.548548700Z")));
    }

    @Test
    void readsTheOfficialTestEvents() throws Exception {
        WebhookEvent event = WebhookEvent.parse(sample("event-test-created.json").getBytes(UTF_8), HOSTS);
        assertThat(event).isEqualTo(new WebhookEvent("test-created", "test", ID, Instant.parse("2017-11-16T16:19:06.352027600Z")));
        assertThat(event.isTest()).isTrue();
        byte[] delivery = new ObjectMapper().readTree(sample("webhook-delivery-example.json")).path("body").toString().getBytes(UTF_8);
        assertThat(WebhookEvent.parse(delivery, HostPatterns.of("localhost:16722")).resourceId()).isEqualTo("test");
    }

    @Test
    void takesSmallFirstLettersAndIdsInCapitals() throws Exception {
        String body = event("referral-updated", "https://api.partner.microsoft.com/v1.0/engagements/referrals/" + ID.toUpperCase(),
                "2026-11-20T10:00:00+02:00").replace("\"EventName", "\"eventName").replace("\"ResourceUri", "\"resourceUri")
                .replace("\"ResourceName", "\"resourceName").replace("\"ResourceChangeUtcDate", "\"resourceChangeUtcDate");
        assertThat(WebhookEvent.parse(body.getBytes(UTF_8), HOSTS))
                .isEqualTo(new WebhookEvent("referral-updated", "referral", ID, Instant.parse("2026-11-20T08:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "{\"EventName\":", "{} {}", "[]", "null", "\"referral-created\"",
        "{\"EventName\":\"a\",\"EventName\":\"b\"}"})
    void refusesWhatIsNoJsonObject(String body) {
        assertInvalid(body, "event-malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "referral-deleted", "Referral-Created", "subscription-updated"})
    void refusesUnknownEvents(String name) {
        assertInvalid(event(name, "https://api.partnercenter.microsoft.com/engagements/v1/referrals/" + ID, "2026-11-20T10:00:00Z"),
                "event-unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://example.com/engagements/v1/referrals/ID", "https://api.partnercenter.microsoft.com.example.com/ID",
        "https://api.partnercenter.microsoft.com@example.com/ID",
        "https://api.partnercenter.microsoft.com:8443/engagements/v1/referrals/ID",
        "https://api.partnercenter.microsoft.com/engagements/v1/referrals/",
        "https://api.partnercenter.microsoft.com/engagements/v1/referrals/12",
        "https://api.partnercenter.microsoft.com/engagements/v1/referrals/ID/..", "https://api.partnercenter.microsoft.com",
        "https://api.partnercenter.microsoft.com?ID", "/engagements/v1/referrals/ID", "not an address",
        "ftp://api.partnercenter.microsoft.com/ID",
        "mailto:ID"})
    void refusesResourcesElsewhere(String uri) {
        assertInvalid(event("referral-created", uri.replace("ID", ID), "2026-11-20T10:00:00Z"), "resource-refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-11-20", "2026-11-20T10:00:00", "20 November 2026", "1763632800"})
    void refusesDatesWithoutZone(String date) {
        assertInvalid(event("referral-created", "https://api.partnercenter.microsoft.com/engagements/v1/referrals/" + ID, date),
                "date-malformed");
    }

    @ParameterizedTest
    @CsvSource({"referral-created,202,accepted", "referral-gone,400,event-unknown"})
    void theBeanPutsTheEventIntoAVariable(String name, int status, String code) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.setVariable("webhookEvent", "of a message before");
            exchange.getMessage().setBody(event(name, "https://api.partnercenter.microsoft.com/engagements/v1/referrals/" + ID,
                    "2026-11-20T10:00:00Z"));
            new WebhookVerifier(WebhookConfig.defaults()).readEvent(exchange);
            assertThat(exchange.getVariable("webhookStatus")).isEqualTo(status);
            assertThat(exchange.getVariable("webhookCode")).isEqualTo(code);
            assertThat(Optional.ofNullable(exchange.getVariable("webhookEvent", WebhookEvent.class)).map(WebhookEvent::resourceId))
                    .isEqualTo(status == 202 ? Optional.of(ID) : Optional.empty());
        }
    }

    @Test
    void refusesTimeoutsThatNeverEnd() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new WebhookConfig(HOSTS, HOSTS, Optional.empty(), "",
                Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)));
    }
}

package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 3: a flat record for each referral, with the date of each state. */
class AnalyticsTest {

    private static TestClient client;

    @BeforeAll
    static void oneReferralOfEachEnd() {
        client = new TestClient();
        client.clock.stop();
        client.clock.set(Instant.parse("2026-01-10T10:00:00Z"));
        for (String name : new String[] {"won", "lost", "declined", "expired"}) {
            client.sandbox.microsoftInvites(Map.of("customerProfile", Map.of("name", name, "address", Map.of("country", "US"))));
        }
        client.clock.move(Duration.ofHours(1));
        id("won", "Accepted");
        client.clock.move(Duration.ofHours(1));
        client.sandbox.partnerCloses(id(0), "Won", "signed");
        client.sandbox.partnerCloses(id(1), "Lost", "budget");
        client.sandbox.partnerDeclines(id(2), "Other");
        client.clock.move(Duration.ofDays(14));
    }

    private static void id(String name, String substatus) {
        client.sandbox.partnerAccepts(id(0));
        assertThat(client.sandbox.referral(id(0))).containsEntry("substatus", substatus);
    }

    private static String id(int number) {
        return (String) client.sandbox.referrals().get(number).get("id");
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static Answer analytics(String query) {
        return client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", Analytics.PATH + query, null);
    }

    @Test
    void eachRecordHasTheDatesOfItsStates() {
        JsonNode records = analytics("").json();
        assertThat(records.findValuesAsText("status")).containsExactly("Won", "Lost", "Declined", "Expired");
        assertThat(records.at("/0/acceptedDate").textValue()).isEqualTo("2026-01-10T11:00:00");
        assertThat(records.at("/0/acknowledgedDate").textValue()).isEqualTo("2026-01-10T11:00:00");
        assertThat(records.at("/0/wonDate").textValue()).isEqualTo("2026-01-10T12:00:00");
        assertThat(records.at("/0/lostDate").isNull()).isTrue();
        assertThat(records.at("/1/lostDate").textValue()).isEqualTo("2026-01-10T12:00:00");
        assertThat(records.at("/2/declinedDate").textValue()).isEqualTo("2026-01-10T12:00:00");
        assertThat(records.at("/3/expiredDate").textValue()).isEqualTo("2026-01-24T00:00:00");
        assertThat(records.at("/3/acknowledgedDate").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ?filter=status%20eq%20'Won'                              | won
        ?filter=customerMarket%20eq%20'US'&top=2&skip=1          | lost,declined
        ?filter=expiredDate%20ge%202026-01-24T00:00:00Z          | expired
        ?top=0                                                   |
        """)
    void isFilteredAndPaged(String query, String names) {
        assertThat(String.join(",", analytics(query).json().findValuesAsText("customerName"))).isEqualTo(names == null ? "" : names);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ?top=10000                 | 400
        ?skip=x                    | 400
        ?filter=colour%20eq%20'x'  | 400
        ?aggregationLevel=day      | 400
        ?groupby=status            | 501
        ?expand=x                  | 501
        """)
    void refusesWhatIsWrongAndSaysWhatIsNotThere(String query, int status) {
        assertThat(analytics(query).status()).isEqualTo(status);
    }

    @Test
    void needsAUsersTokenForItsHost() {
        assertThat(client.callWith(client.appToken(Tokens.WEBHOOKS), "GET", Analytics.PATH, null).status()).isEqualTo(403);
        assertThat(client.callWith(client.userToken(Tokens.REFERRALS), "GET", Analytics.PATH, null).status()).isEqualTo(401);
        assertThat(client.callWith(client.userToken(Tokens.WEBHOOKS), "POST", Analytics.PATH, "{}").status()).isEqualTo(405);
    }

    @Test
    void theRecordsMayStandInValue() {
        try (TestClient own = new TestClient(PartnerCenterOptions.defaults().with(Switch.ANALYTICS_IN_VALUE))) {
            own.sandbox.microsoftInvites(ExampleReferrals.inbound());
            assertThat(own.callWith(own.userToken(Tokens.WEBHOOKS), "GET", Analytics.PATH, null).json().get("value")).hasSize(1);
        }
    }
}

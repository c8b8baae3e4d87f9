package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.4 of the contract: conditional requests. */
class ConditionsTest {

    private static final String UNMODIFIED = "If-Unmodified-Since";
    private static final String MODIFIED = "If-Modified-Since";
    private static final String AT_TEN = "Fri, 20 Nov 2026 10:00:00 GMT";
    private static final String BEFORE = "Fri, 20 Nov 2026 09:59:59 GMT";

    private final SalesforceOrg org = new SalesforceOrg();

    @AfterEach
    void stop() {
        org.close();
    }

    private SalesforceOrg.Answer change(String id, String... headers) {
        return org.patch("sobjects/Opportunity/" + id, "{\"NextStep\":\"Call\"}", headers);
    }

    @Test
    void aReadTellsWhenTheRecordChanged() {
        String id = org.opportunity();
        assertThat(org.get("sobjects/Opportunity/" + id).header("Last-Modified")).isEqualTo(AT_TEN);
        assertThat(org.get("sobjects/Opportunity/" + id).header("ETag")).isNull();
    }

    @Test
    void aChangeSinceThenAnswers412AndDoesNothing() {
        String id = org.opportunity();
        assertThat(change(id, UNMODIFIED, AT_TEN).status()).isEqualTo(204);
        org.clock.move(Duration.ofSeconds(1));
        org.sandbox.update("Opportunity", id, Map.of("NextStep", "Write"));
        var refused = change(id, UNMODIFIED, AT_TEN);
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.json().isArray()).isTrue();
        assertThat(org.read("Opportunity", id).path("NextStep").asText()).isEqualTo("Write");
        assertThat(org.get("sobjects/Opportunity/" + id, UNMODIFIED, AT_TEN).status()).isEqualTo(412);
    }

    @Test
    void twoWritesInOneSecondCannotBeToldApart() {
        String id = org.opportunity();
        org.clock.move(Duration.ofMillis(900));
        org.sandbox.update("Opportunity", id, Map.of("NextStep", "Write"));
        assertThat(change(id, UNMODIFIED, AT_TEN).status()).isEqualTo(204);
    }

    @Test
    void anUpsertKeepsTheConditionToo() {
        org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','Referral_Identifier__c':'r-1'}");
        String address = "sobjects/Opportunity/Referral_Identifier__c/r-1";
        assertThat(org.patch(address, "{\"NextStep\":\"Call\"}", UNMODIFIED, BEFORE).status()).isEqualTo(412);
        assertThat(org.patch(address, "{\"NextStep\":\"Call\"}", UNMODIFIED, AT_TEN).status()).isEqualTo(200);
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() {
        String id = org.opportunity();
        var same = org.get("sobjects/Opportunity/" + id, MODIFIED, AT_TEN);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.text()).isEmpty();
        assertThat(org.get("sobjects/Opportunity/" + id, MODIFIED, BEFORE).status()).isEqualTo(200);
        assertThat(org.get("sobjects/Opportunity/describe", MODIFIED, AT_TEN).status()).isEqualTo(304);
        assertThat(org.get("sobjects/Opportunity/describe", MODIFIED, BEFORE).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-20T10:00:00Z", "yesterday", "20 Nov 2026 10:00:00 GMT"})
    void aDateThatIsNoneIsRefusedOnWritesAndOverlookedOnReads(String date) {
        String id = org.opportunity();
        assertThat(change(id, UNMODIFIED, date).status()).isEqualTo(400);
        assertThat(org.post("sobjects/Account", "{\"Name\":\"Contoso\"}", MODIFIED, date).status()).isEqualTo(400);
        assertThat(org.sandbox.rows("Account")).isEmpty();
        assertThat(org.get("sobjects/Opportunity/" + id, UNMODIFIED, date).status()).isEqualTo(200);
    }

    @Test
    void deletesKnowNoConditions() {
        assertThat(org.delete("sobjects/Opportunity/" + org.opportunity(), UNMODIFIED, BEFORE).status()).isEqualTo(204);
    }

    @Test
    void accountsAloneHaveTags() {
        String account = org.create("Account", "{'Name':'Contoso'}");
        String tag = org.get("sobjects/Account/" + account).header("ETag");
        assertThat(tag).matches("\"[\\w-]{27}=-gzip\"");
        assertThat(org.get("sobjects/Account/" + account, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(org.patch("sobjects/Account/" + account, "{\"Phone\":\"1\"}", "If-Match", tag).status()).isEqualTo(204);
        assertThat(org.patch("sobjects/Account/" + account, "{\"Phone\":\"2\"}", "If-Match", tag).status()).isEqualTo(412);
        assertThat(org.get("sobjects/Account/" + account, "If-None-Match", tag).status()).isEqualTo(200);
        assertThat(org.read("Account", account).path("Phone").asText()).isEqualTo("1");
        assertThat(change(org.opportunity(), "If-Match", "\"nonsense\"").status()).isEqualTo(204);
    }
}

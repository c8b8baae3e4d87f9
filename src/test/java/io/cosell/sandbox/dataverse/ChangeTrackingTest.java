package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.6 of the contract. */
class ChangeTrackingTest {

    private static final String LIST = "opportunities?$select=name,estimatedvalue";

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private String deal(String name) {
        return org.sandbox.create("opportunity", Map.of("name", name, "estimatedvalue", 1));
    }

    @Test
    void aDeltaHoldsNewAndChangedRowsInFullThenDeletions() {
        String kept = deal("kept");
        String changed = deal("changed");
        String deleted = deal("deleted");
        var first = org.get(LIST, "Prefer", "odata.track-changes");
        assertThat(first.header("Preference-Applied")).isEqualTo("odata.track-changes");
        assertThat(first.json().path("value")).hasSize(3);
        String link = first.json().path("@odata.deltaLink").asText();
        assertThat(link).matches(".*\\$deltatoken=\\d+%2111%2F20%2F2026%2010%3A00%3A00");

        org.sandbox.update("opportunity", changed, Map.of("description", "not selected"));
        org.sandbox.delete("opportunity", deleted);
        String made = deal("new");
        String brief = deal("came and went");
        org.sandbox.delete("opportunity", brief);
        assertThat(org.get(link.replace("opportunities?", "opportunities/$count?")).text()).isEqualTo("4");
        var delta = org.get(link).json();
        assertThat(delta.path("@odata.context").asText()).endsWith("$metadata#opportunities(name,estimatedvalue)/$delta");
        assertThat(delta.path("value")).hasSize(4);
        assertThat(delta.at("/value/0/opportunityid").asText()).isEqualTo(changed).isNotEqualTo(kept);
        assertThat(delta.at("/value/0/name").asText()).isEqualTo("changed");
        assertThat(delta.at("/value/1/opportunityid").asText()).isEqualTo(made);
        JsonNode gone = delta.at("/value/2");
        assertThat(gone.path("@odata.context").asText()).endsWith("$metadata#opportunities/$deletedEntity");
        assertThat(gone.path("id").asText()).isEqualTo(deleted);
        assertThat(gone.path("reason").asText()).isEqualTo("deleted");
        assertThat(delta.at("/value/3/id").asText()).isEqualTo(brief);

        var quiet = org.get(delta.path("@odata.deltaLink").asText()).json();
        assertThat(quiet.path("value")).isEmpty();
        assertThat(quiet.path("@odata.deltaLink").isTextual()).isTrue();
    }

    @Test
    void pagesComeBeforeTheDeltaLinkAndLoseNoChangeMadeBetweenThem() {
        for (int i = 0; i < 5; i++) {
            deal("deal " + i);
        }
        String preference = "odata.track-changes,odata.maxpagesize=2";
        var page = org.get(LIST, "Prefer", preference).json();
        assertThat(page.has("@odata.deltaLink")).isFalse();
        String early = page.at("/value/0/opportunityid").asText();
        org.sandbox.update("opportunity", early, Map.of("name", "changed meanwhile"));
        List<String> rows = new ArrayList<>();
        page.path("value").forEach(row -> rows.add(row.path("name").asText()));
        while (page.has("@odata.nextLink")) {
            page = org.get(page.path("@odata.nextLink").asText(), "Prefer", preference).json();
            page.path("value").forEach(row -> rows.add(row.path("name").asText()));
        }
        assertThat(rows).containsExactly("deal 0", "deal 1", "deal 2", "deal 3", "deal 4");
        String delta = page.path("@odata.deltaLink").asText();
        assertThat(org.get(delta).json().at("/value/0/opportunityid").asText()).isEqualTo(early);

        org.sandbox.rows("opportunity").forEach(row -> org.sandbox.delete("opportunity", (String) row.get("opportunityid")));
        deal("last");
        List<String> changes = new ArrayList<>();
        var part = org.get(delta, "Prefer", "odata.maxpagesize=2").json();
        part.path("value").forEach(row -> changes.add(row.path("reason").asText("row")));
        while (part.has("@odata.nextLink")) {
            part = org.get(part.path("@odata.nextLink").asText(), "Prefer", "odata.maxpagesize=2").json();
            part.path("value").forEach(row -> changes.add(row.path("reason").asText("row")));
        }
        assertThat(changes).containsExactly("row", "deleted", "deleted", "deleted", "deleted", "deleted");
        assertThat(org.get(part.path("@odata.deltaLink").asText()).json().path("value")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter=statecode eq 0", "orderby=name", "expand=parentaccountid", "top=1"})
    void refusesWhatItCantCombine(String option) {
        var refused = org.get("opportunities?$" + option, "Prefer", "odata.track-changes");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).isEqualTo("The \"${" + option.replaceAll("=.*", "")
            + "}\" query parameter isn't supported when Change Tracking is enabled.");
    }

    @Test
    void refusesATokenOlderThanSevenDaysAndTablesWithoutTracking() {
        String link = org.get(LIST, "Prefer", "odata.track-changes").json().path("@odata.deltaLink").asText();
        org.clock.move(Duration.ofDays(7));
        org.use(org.token("sandbox-client", "sandbox-secret").json().path("access_token").asText());
        assertThat(org.get(link).status()).isEqualTo(200);
        org.clock.move(Duration.ofSeconds(1));
        var refused = org.get(link);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("older than 7 days");
        assertThat(org.get("opportunities?$deltatoken=1!99/99/2026%2000:00:00").status()).isEqualTo(400);
        assertThat(org.get("systemusers", "Prefer", "odata.track-changes").status()).isEqualTo(400);
    }

    /** Section 3.6: the status of an old token, and the order inside a delta, are not promised. */
    @Test
    void theStatusOfAnOldTokenAndTheOrderOfADeltaAreSwitches() {
        String gone = deal("gone");
        String link = org.get(LIST, "Prefer", "odata.track-changes").json().path("@odata.deltaLink").asText();
        org.sandbox.delete("opportunity", gone);
        deal("new");
        org.sandbox.switches().turn(DataverseSwitch.DELETIONS_COME_FIRST, true);
        assertThat(org.get(link).json().at("/value/0/reason").asText()).isEqualTo("deleted");
        assertThat(org.get(link).json().at("/value/1/name").asText()).isEqualTo("new");
        org.sandbox.switches().turn(DataverseSwitch.EXPIRED_DELTA_ANSWERS_410, true);
        org.clock.move(Duration.ofDays(8));
        org.use(org.token("sandbox-client", "sandbox-secret").json().path("access_token").asText());
        assertThat(org.get(link).status()).isEqualTo(410);
    }
}

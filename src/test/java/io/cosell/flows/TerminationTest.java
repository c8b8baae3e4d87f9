package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * When users stop, the connector stops within two cycles; and its own writes are recognised by what was written, not by who wrote it.
 */
@ForEveryCrm
class TerminationTest {

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;
    private Stage stage;
    private String referral;
    private String record;

    @BeforeEach
    void open() {
        stage = Stage.open(crm, folder, Map.of());
        referral = stage.receivedDeal("Edited by all");
        record = stage.link(referral).recordId();
        stage.comesToRest();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private long batches() {
        return stage.system.count(call -> call.kind() == CallKind.BATCH);
    }

    private long patches() {
        return stage.partnerCenter.count(call -> call.method().equals("PATCH") && call.path().contains("/referrals"));
    }

    private Object notes() {
        return stage.at(stage.partnerCenter.referral(referral), "details", "notes");
    }

    private void seller(DealField field, Object value) {
        stage.seller.edits(record, field, value);
    }

    @Test
    void afterBothSidesWereEditedAtOnceItStopsWithinTwoCycles() throws InterruptedException {
        long batches = batches();
        long patches = patches();
        stage.partnerCenter.partnerEdits(referral, Map.of("/name", "Named over there", "/details/dealValue", 61000, "/details/notes", "Noted"));
        stage.seller.edits(record, Map.of(DealField.NAME, "Named here", DealField.VALUE, 52000, DealField.CLOSING, "2028-08-08"));

        stage.eventually(() -> "Noted".equals(stage.record(record).get(DealField.NOTES))
            && "Named here".equals(stage.partnerCenter.referral(referral).get("name")));
        stage.comesToRest();

        // Each side's edit may be a cycle of its own, and a cycle writes each side once.
        assertThat(batches() - batches).as("writes to the CRM after the last edit").isBetween(1L, 2L);
        assertThat(patches() - patches).as("writes to Partner Center after the last edit").isBetween(1L, 2L);
        assertThat(((Number) stage.record(record).get(DealField.VALUE)).intValue())
            .isEqualTo(((Number) stage.at(stage.partnerCenter.referral(referral), "details", "dealValue")).intValue());
        assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "closingDateTime")).asString().startsWith("2028-08-08");

        // Every event comes twice more, echoes of own writes among them.
        List<Long> writes = stage.writes();
        List.copyOf(stage.partnerCenter.deliveries()).forEach(delivery -> stage.partnerCenter.redeliver(delivery, 2));
        stage.partnerCenter.awaitDelivered();
        stage.polls(2);
        stage.settled();
        assertThat(stage.writes()).isEqualTo(writes);
        assertThat(stage.heal("all").allInStep()).isTrue();
    }

    @Test
    void aUsersEditWithOurValueIsNoChangeAndTheNextOneIs() {
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Ours"));
        stage.eventually(() -> "Ours".equals(stage.record(record).get(DealField.NOTES)));
        stage.comesToRest();
        long patches = patches();

        seller(DealField.NOTES, "Ours");
        stage.comesToRest();
        assertThat(patches()).as("the value is the one agreed on, whoever wrote it").isEqualTo(patches);

        seller(DealField.NOTES, "Theirs");
        stage.eventually(() -> "Theirs".equals(notes()));
        // Back to the value that the connector once wrote: by value it looks like ours, and is a user's change.
        seller(DealField.NOTES, "Ours");
        stage.eventually(() -> "Ours".equals(notes()));
        stage.comesToRest();
    }

    @Test
    void editsByTheConnectorsOwnAccountsAreChanges() throws Exception {
        stage.seller.editsAsConnector(record, DealField.NOTES, "By the integration user");
        stage.eventually(() -> "By the integration user".equals(notes()));
        stage.comesToRest();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                URI.create(stage.settings.get("cosell.partner-center.address") + "/referrals/" + referral))
            .header("Authorization", "Bearer " + stage.connector().camel().requestBody("direct:partner-center-token", null, String.class))
            .header("Content-Type", "application/json-patch+json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(
                "[{\"op\": \"replace\", \"path\": \"/details/notes\", \"value\": \"By the signed-in user\"}]"))
            .build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        stage.eventually(() -> "By the signed-in user".equals(stage.record(record).get(DealField.NOTES)));
        stage.comesToRest();
    }
}

package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is merged, deleted and brought back: the survivor is followed where the CRM tells it, nothing is made anew by itself, and what
 * rests or ended says so. That a CRM tells the survivor is played by one more line of the mapping and a column of one's own.
 */
class MergeDeleteTest {

    private static final String MERGED_INTO = "new_mergedinto";

    @TempDir
    Path folder;
    private Stage stage;

    @BeforeEach
    void open() throws Exception {
        CustomisingTest.copyTheProject(folder);
        Path mapping = folder.resolve("mappings/dynamics365/opportunity-in.json");
        String text = Files.readString(mapping);
        assertThat(text).contains("\"opportunityid\": \"id\",");
        Files.writeString(mapping, text.replace("\"opportunityid\": \"id\",",
            "\"opportunityid\": \"id\", \"" + MERGED_INTO + "\": \"mergedInto\","));
        stage = Stage.open(folder, PartnerCenterOptions.defaults(),
            DataverseOptions.defaults().withColumn("opportunity", MERGED_INTO, "string", false), Map.of());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void merge(String record, String survivor) {
        stage.crm.update("opportunity", record, Map.of(MERGED_INTO, survivor));
    }

    private Map<String, Object> withoutNulls(Map<String, Object> row) {
        Map<String, Object> columns = new HashMap<>();
        for (String name : List.of("name", "description", "estimatedvalue", "estimatedclosedate", "msft_microsoftpartnercenterreferralsync",
            "msft_microsoftpartnercenterreferralidentifier", "msft_microsoftpartnercenterreferrallink")) {
            columns.put(name, row.get(name));
        }
        columns.put("transactioncurrencyid@odata.bind", "/transactioncurrencies(" + row.get("_transactioncurrencyid_value") + ")");
        return columns;
    }

    @Test
    void theSurvivorOfAMergeIsFollowed() {
        String referral = stage.receivedDeal("Merged away");
        String old = stage.link(referral).recordId();
        String survivor = stage.opportunity("Survivor", values -> values.put(DealField.VALUE, 777));
        stage.solution(survivor, "SOL-34104-EBB");
        merge(old, survivor);

        stage.eventually(() -> survivor.equals(stage.link(referral).recordId()) && stage.isLinked(referral));
        stage.comesToRest();

        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", survivor).containsEntry("name", "Survivor");
        assertThat(stage.record(survivor).values()).containsEntry(DealField.IDENTIFIER, referral).containsEntry(DealField.SYNC, true);
        assertThat(stage.reasons(referral, "linked")).last().asString().contains("CRM id was written");
        assertThat(stage.reasons(referral, "linked")).anyMatch(why -> why.contains("merged the record " + old + " into " + survivor));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Goes to the survivor"));
        stage.eventually(() -> "Goes to the survivor".equals(stage.opportunityRow(survivor).get("description")));
        assertThat(stage.partnerCenter.referrals()).hasSize(1);
        // A poll may see the new record before its link says so, and make a link that ends at once.
        assertThat(stage.links()).filteredOn(link -> !link.state().equals("ended")).hasSize(1);
    }

    @Test
    void twoDealsThatBecomeOneRecordAreForAPersonToSettle() {
        String kept = stage.receivedDeal("Kept");
        String gone = stage.receivedDeal("Gone");
        merge(stage.link(gone).recordId(), stage.link(kept).recordId());

        stage.eventually(() -> "ended".equals(stage.link(gone).state()));
        stage.comesToRest();

        assertThat(stage.link(gone).reason()).contains("which has a deal of its own (referral " + kept + ")", "close the referral");
        assertThat(stage.heal("changed").statement()).contains("1 linked deal, all equal", "Beside them, 1 deal without a counterpart: referral " + gone);
        assertThat(stage.partnerCenter.referral(gone)).containsEntry("status", "Active");
        assertThat(stage.link(kept).state()).isEqualTo("linked");
    }

    @Test
    void aRecordThatIsRestoredGoesOnWhereItWas() {
        String referral = stage.receivedDeal("Deleted and restored");
        String record = stage.link(referral).recordId();
        Map<String, Object> columns = withoutNulls(stage.opportunityRow(record));
        stage.seller.deletes(record);
        stage.eventually(() -> stage.link(referral).state().equals("ended"));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Said while it was gone"));
        stage.comesToRest();
        assertThat(stage.crm.rows("opportunity")).isEmpty();
        assertThat(stage.link(referral).reason()).contains("Nothing is made anew by itself");

        columns.put("opportunityid", record);
        stage.crm.create("opportunity", columns);
        stage.solution(record, "SOL-34104-EBB");

        stage.eventually(() -> stage.isLinked(referral)
            && "Said while it was gone".equals(stage.opportunityRow(record).get("description")));
        stage.comesToRest();
        assertThat(stage.crm.rows("opportunity")).hasSize(1);
        assertThat(stage.partnerCenter.referrals()).hasSize(1);
    }

    @Test
    void aReferralThatIsGoneIsToldInTheRecordAndGoesOnWhenAPersonAsks() {
        String referral = stage.receivedDeal("Hidden from us");
        String record = stage.link(referral).recordId();
        ObjectNode all = stage.partnerCenter.state();
        stage.partnerCenter.restore(without(all.deepCopy(), referral));
        stage.partnerCenter.deliver(Stage.event("referral-updated", referral), false);

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.comesToRest();
        assertThat(stage.record(record).text(DealField.AUDIT)).contains("The referral is not in Partner Center");
        assertThat((String) stage.opportunityRow(record).get("name")).startsWith("✖");
        assertThat(stage.partnerCenter.referrals()).as("nothing is made anew").isEmpty();
        assertThat(stage.heal("changed").statement()).contains("except these 1: referral " + referral + " (The referral is not in Partner Center");

        stage.crm.update("opportunity", record, Map.of("description", "Written while it was gone"));
        stage.comesToRest();
        stage.partnerCenter.restore(all);
        stage.connector().lanes().runNow(stage.link(referral).id());

        stage.eventually(() -> stage.isLinked(referral)
            && "Written while it was gone".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
        stage.comesToRest();
        assertThat((String) stage.opportunityRow(record).get("name")).startsWith("✔");
    }

    /** Partner Center's state without one referral. */
    private static ObjectNode without(ObjectNode state, String referral) {
        remove(state, referral);
        return state;
    }

    private static void remove(JsonNode node, String referral) {
        if (node instanceof ArrayNode list) {
            for (int i = list.size() - 1; i >= 0; i--) {
                if (StreamSupport.stream(list.get(i).spliterator(), false).anyMatch(part -> part.path("id").asText().equals(referral))) {
                    list.remove(i);
                }
            }
        } else if (node instanceof ObjectNode object) {
            object.remove(referral);
        }
        node.forEach(child -> remove(child, referral));
    }

    @Test
    void bothSidesGoneEndsTheLink() {
        String referral = stage.receivedDeal("Gone on both sides");
        stage.partnerCenter.restore(without(stage.partnerCenter.state(), referral));
        stage.seller.deletes(stage.link(referral).recordId());
        stage.partnerCenter.deliver(Stage.event("referral-updated", referral), false);

        stage.eventually(() -> stage.link(referral).state().equals("ended"));
        stage.comesToRest();
        assertThat(stage.crm.rows("opportunity")).isEmpty();
        assertThat(stage.partnerCenter.referrals()).isEmpty();
    }

    @Test
    void whatHappensToAccountAndContactWritesNothingAndStopsNothing() {
        String id = stage.sharedOpportunity("Customer goes", values -> { });
        String referral = stage.link(id).referralId();
        Object customer = stage.partnerCenter.referral(referral).get("customerProfile");
        String account = (String) stage.opportunityRow(id).get("_customerid_value");
        String contact = (String) stage.opportunityRow(id).get("_parentcontactid_value");
        List<Long> writes = stage.writes();
        stage.crm.update("account", account, Map.of("name", "Renamed customer"));
        stage.crm.delete("contact", contact);
        stage.crm.delete("account", account);
        stage.crm.update("opportunity", id, Map.of("actualvalue", 1));
        stage.polls(2);
        stage.settled();

        assertThat(stage.writes().get(1)).as("writes to Partner Center").isEqualTo(writes.get(1));
        assertThat(stage.link(id).state()).isEqualTo("linked");
        assertThat(stage.link(id).reason()).isNull();
        assertThat(stage.partnerCenter.referral(referral).get("customerProfile")).isEqualTo(customer);
        stage.crm.update("opportunity", id, Map.of("estimatedvalue", 4711));
        stage.eventually(() -> ((Number) stage.at(stage.partnerCenter.referral(referral), "details", "dealValue")).intValue() == 4711);
    }
}

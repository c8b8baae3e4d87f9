package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Win, lose, qualify, and the states they leave: sections 2.2 to 2.4 of the contract. */
class ActionsTest {

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private String deal() {
        return org.sandbox.create("opportunity", Map.of("name", "Deal", "estimatedvalue", 1000));
    }

    private String close(String id, int status) {
        return "{\"Status\":" + status + ",\"OpportunityClose\":{\"subject\":\"Done\",\"actualrevenue\":900.5,\"actualend\":\"2026-11-19\","
            + "\"opportunityid@odata.bind\":\"" + org.sandbox.address() + "/api/data/v9.2/opportunities(" + id + ")\"}}";
    }

    @Test
    void aWonOpportunityIsReadOnlyUntilReopened() {
        String id = deal();
        assertThat(org.post("WinOpportunity", close(id, 3)).status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("statecode", 1).containsEntry("statuscode", 3)
            .containsEntry("actualclosedate", "2026-11-19").containsEntry("actualvalue", new BigDecimal("900.50"));
        assertThat(org.sandbox.rows("opportunityclose").get(0)).containsEntry("_opportunityid_value", id).containsEntry("subject", "Done");
        var refused = org.patch("opportunities(" + id + ")", "{\"description\":\"late\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("read-only");
        assertThat(org.patch("opportunities(" + id + ")", "{\"statecode\":0,\"statuscode\":1,\"description\":\"late\"}").status())
            .isEqualTo(400);
        assertThat(org.post("WinOpportunity", close(id, 3)).status()).isEqualTo(400);
        assertThat(org.patch("opportunities(" + id + ")", "{\"statecode\":0,\"statuscode\":1}").status()).isEqualTo(204);
        assertThat(org.patch("opportunities(" + id + ")", "{\"description\":\"open again\"}").status()).isEqualTo(204);
    }

    @Test
    void losingTakesAStatusOfItsState() {
        String id = deal();
        assertThat(org.post("LoseOpportunity", close(id, 3)).code()).isEqualTo("0x80048408");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("statecode", 0);
        assertThat(org.sandbox.rows("opportunityclose")).isEmpty();
        assertThat(org.post("LoseOpportunity", close(id, 5)).status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("statecode", 2).containsEntry("statuscode", 5);
        assertThat(org.post("WinOpportunity", close("00000000-0000-0000-0000-000000000001", 3)).status()).isEqualTo(404);
        assertThat(org.post("WinOpportunity", "{}").status()).isEqualTo(400);
    }

    @Test
    void anUpdateCantCloseButCanHold() {
        String id = deal();
        assertThat(org.patch("opportunities(" + id + ")", "{\"statecode\":1,\"statuscode\":3}").message()).contains("WinOpportunity");
        assertThat(org.patch("opportunities(" + id + ")", "{\"statuscode\":4}").code()).isEqualTo("0x80048408");
        assertThat(org.patch("opportunities(" + id + ")", "{\"statuscode\":2}").status()).isEqualTo(204);
        assertThat(org.post("opportunities", "{\"name\":\"x\",\"statecode\":1}").status()).isEqualTo(400);
    }

    @Test
    void qualifyingMakesAccountContactAndOpportunity() {
        String euro = (String) org.sandbox.rows("transactioncurrency").get(1).get("transactioncurrencyid");
        Map<String, Object> columns = new HashMap<>(Map.of("subject", "Field service", "firstname", "Ann", "lastname", "Fox",
            "companyname", "Contoso",
            "estimatedamount", 7000, "budgetamount", 6000, "description", "notes", "estimatedclosedate", "2027-02-01",
                "address1_postalcode", "53111",
            "emailaddress1", "ann@contoso.example"));
        columns.put("msft_microsoftpartnercenterreferralidentifier", "ref-1");
        columns.put("msft_microsoftpartnercenterhelp", 299600005);
        String lead = org.sandbox.create("lead", columns);
        var answer = org.post("leads(" + lead + ")/Microsoft.Dynamics.CRM.QualifyLead",
            "{\"CreateAccount\":true,\"CreateContact\":true,\"CreateOpportunity\":true,"
            + "\"OpportunityCurrencyId\":{\"transactioncurrencyid\":\"" + euro
            + "\",\"@odata.type\":\"Microsoft.Dynamics.CRM.transactioncurrency\"},"
            + "\"OpportunityCustomerId\":null,\"SourceCampaignId\":null,\"Status\":3}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/value/0/@odata.type").asText()).isEqualTo("#Microsoft.Dynamics.CRM.account");
        assertThat(answer.json().at("/value/1/@odata.type").asText()).isEqualTo("#Microsoft.Dynamics.CRM.contact");
        String account = answer.json().at("/value/0/accountid").asText();
        String contact = answer.json().at("/value/1/contactid").asText();
        String opportunity = answer.json().at("/value/2/opportunityid").asText();
        assertThat(org.sandbox.row("account", account)).containsEntry("name", "Contoso").containsEntry("address1_postalcode", "53111");
        assertThat(org.sandbox.row("contact", contact)).containsEntry("fullname", "Ann Fox")
            .containsEntry("_parentcustomerid_value", account);
        assertThat(org.sandbox.row("opportunity", opportunity)).containsEntry("name", "Field service")
            .containsEntry("estimatedvalue", new BigDecimal("7000.00"))
            .containsEntry("_originatingleadid_value", lead).containsEntry("_transactioncurrencyid_value", euro)
            .containsEntry("_customerid_value", account)
            .containsEntry("msft_microsoftpartnercenterreferralidentifier", "ref-1")
            .containsEntry("msft_microsoftpartnercenterhelp", 299600005)
            .containsEntry("estimatedclosedate", "2027-02-01");
        assertThat(org.sandbox.row("lead", lead)).containsEntry("statecode", 1).containsEntry("statuscode", 3)
            .containsEntry("_qualifyingopportunityid_value", opportunity);
        assertThat(org.patch("leads(" + lead + ")", "{\"subject\":\"late\"}").status()).isEqualTo(400);
    }

    @Test
    void qualifyingNeedsItsParametersAndUndoesAHalf() {
        String lead = org.sandbox.create("lead", Map.of("subject", "Topic", "lastname", "Fox"));
        assertThat(org.post("leads(" + lead + ")/Microsoft.Dynamics.CRM.QualifyLead", "{\"CreateAccount\":true}").status()).isEqualTo(400);
        assertThat(org.post("leads(" + lead + ")/Microsoft.Dynamics.CRM.QualifyLead",
            "{\"CreateAccount\":true,\"CreateContact\":true,\"CreateOpportunity\":true,\"Status\":4}").status()).isEqualTo(400);
        assertThat(org.sandbox.rows("account")).isEmpty();
        assertThat(org.patch("leads(" + lead + ")", "{\"statecode\":1}").message()).contains("QualifyLead");
        assertThat(org.post("leads(" + lead + ")/Microsoft.Dynamics.CRM.Other", "{}").status()).isEqualTo(501);
    }

    @Test
    void aSellerDoesTheSameFromJava() {
        String won = deal();
        org.sandbox.winOpportunity(won);
        assertThat(org.sandbox.row("opportunity", won)).containsEntry("statuscode", 3)
            .containsEntry("actualvalue", new BigDecimal("1000.00"));
        assertThatThrownBy(() -> org.sandbox.update("opportunity", won, Map.of("name", "x"))).hasMessageContaining("read-only");
        org.sandbox.reopenOpportunity(won);
        org.sandbox.loseOpportunity(won, 4);
        assertThat(org.sandbox.row("opportunity", won)).containsEntry("statecode", 2).containsEntry("statuscode", 4);
        String lead = org.sandbox.create("lead", Map.of("subject", "Topic", "lastname", "Fox", "companyname", "Contoso"));
        String opportunity = org.sandbox.qualifyLead(lead);
        assertThat(org.sandbox.row("opportunity", opportunity)).containsEntry("name", "Topic");
        String refused = org.sandbox.create("lead", Map.of("subject", "Other", "lastname", "Fox"));
        org.sandbox.disqualifyLead(refused, 7);
        assertThat(org.sandbox.row("lead", refused)).containsEntry("statecode", 2).containsEntry("statuscode", 7);
    }

    /** Section 2.4: the columns of what QualifyLead answers are inferred. */
    @Test
    void qualifyingMayAnswerKeysAlone() {
        org.sandbox.switches().turn(DataverseSwitch.QUALIFY_ANSWERS_KEYS_ONLY, true);
        String lead = org.sandbox.create("lead", Map.of("subject", "Topic", "lastname", "Fox"));
        var created = org.post("leads(" + lead + ")/Microsoft.Dynamics.CRM.QualifyLead",
            "{\"CreateAccount\":false,\"CreateContact\":false,\"CreateOpportunity\":true,\"Status\":3}").json().path("value");
        assertThat(created).hasSize(1);
        assertThat(created.get(0).properties()).extracting(Map.Entry::getKey).containsExactly("@odata.type", "opportunityid");
    }
}

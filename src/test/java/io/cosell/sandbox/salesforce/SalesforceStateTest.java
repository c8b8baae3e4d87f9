package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a Salesforce sandbox knows goes into one document and comes back whole. */
class SalesforceStateTest {

    @Test
    void anotherSandboxGoesOnWhereThisOneStood() {
        try (SalesforceOrg org = new SalesforceOrg(SalesforceSwitch.MULTI_CURRENCY);
             SalesforceSandbox other = new SalesforceSandbox(new SandboxClock())) {
            String account = org.create("Account", "{'Name':'Contoso'}");
            String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31',"
                + "'Amount':1000,'AccountId':'" + account + "','Referral_Identifier__c':'r-1'}");
            String gone = org.opportunity();
            org.sandbox.delete("Opportunity", gone);
            org.sandbox.setOutboundMessage("deals", "Opportunity", List.of("Name"), "http://127.0.0.1:1/");
            ObjectNode state = org.sandbox.state();
            other.restore(state.deepCopy());
            assertThat(other.state()).isEqualTo(state);
            assertThat(other.row("Opportunity", id)).isEqualTo(org.sandbox.row("Opportunity", id));
            assertThat(other.switches().has(SalesforceSwitch.MULTI_CURRENCY)).isTrue();
            assertThat(other.history()).isEmpty();
            assertThat(other.create("Account", Map.of("Name", "Fabrikam"))).isNotIn(account).isGreaterThan(account);
        }
    }

    @Test
    void aDocumentThatIsNoStateChangesNothing() {
        try (SalesforceOrg org = new SalesforceOrg()) {
            ObjectNode before = org.sandbox.state();
            ObjectNode broken = before.deepCopy();
            broken.withArray("switches").add("NONSENSE");
            assertThatThrownBy(() -> org.sandbox.restore(broken)).isInstanceOf(IllegalArgumentException.class);
            ObjectNode hollow = before.deepCopy();
            hollow.remove("store");
            assertThatThrownBy(() -> org.sandbox.restore(hollow)).isInstanceOf(IllegalArgumentException.class);
            ObjectNode nameless = before.deepCopy();
            nameless.remove("numbers");
            assertThatThrownBy(() -> org.sandbox.restore(nameless)).isInstanceOf(IllegalArgumentException.class);
            assertThat(org.sandbox.state()).isEqualTo(before);
        }
    }
}

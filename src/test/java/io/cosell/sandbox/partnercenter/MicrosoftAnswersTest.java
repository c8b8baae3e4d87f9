package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 2.3 and 2.6: Microsoft's answer after a set time, and the referrals of invited partners. */
class MicrosoftAnswersTest {

    private TestClient client;

    @BeforeEach
    void start() {
        client = new TestClient(PartnerCenterOptions.defaults().withMicrosoftAnswer(MicrosoftAnswer.accepts(Duration.ofDays(2))));
        client.clock.stop();
        client.clock.set(Instant.parse("2026-01-10T10:00:00Z"));
    }

    @AfterEach
    void stop() {
        client.close();
    }

    /** An engagement of a new deal; Microsoft is invited. */
    private String invited() {
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        String engagement = (String) client.sandbox.referral(id).get("engagementId");
        assertThat(client.invite(engagement).status()).isEqualTo(200);
        return engagement;
    }

    private JsonNode microsofts(String engagement) {
        return SandboxSystem.JSON.valueToTree(client.sandbox.microsoftReferrals().stream()
            .filter(referral -> referral.get("engagementId").equals(engagement)).findFirst().orElseThrow());
    }

    private String substatus(String engagement) {
        client.sandbox.tick();
        return microsofts(engagement).get("substatus").textValue();
    }

    @Test
    void acceptsOnceItsTimeHasComeAsOfThen() {
        String engagement = invited();
        client.clock.move(Duration.ofDays(2).minusSeconds(1));
        assertThat(substatus(engagement)).isEqualTo("Pending");
        client.clock.move(Duration.ofDays(5));
        JsonNode deal = client.list("$filter=engagementId eq '" + engagement + "' and direction eq 'Outgoing'").json().at("/value/0");
        assertThat(deal.at("/trackingInfo/microsoftMsxId").textValue()).startsWith("7-");
        assertThat(microsofts(engagement).get("acceptedDateTime").textValue()).isEqualTo("2026-01-12T10:00:00.0000000Z");
    }

    @Test
    void answersOneEngagementOtherwiseAlsoAnInvitationThatIsOpen() {
        String first = invited();
        String second = invited();
        client.act("microsoft-answers", "{\"engagementId\":\"" + first
            + "\",\"after\":\"P1D\",\"answer\":\"decline\",\"reason\":\"busy\"}");
        client.act("microsoft-answers", "{\"engagementId\":\"" + second + "\",\"answer\":\"silence\"}");
        client.clock.move(Duration.ofDays(3));
        assertThat(substatus(first)).isEqualTo("Declined");
        assertThat(microsofts(first).get("statusReason").textValue()).isEqualTo("busy");
        assertThat(substatus(second)).isEqualTo("Pending");
        client.clock.move(Duration.ofDays(11));
        assertThat(substatus(second)).isEqualTo("Expired");
    }

    @Test
    void laterInvitationsGetTheNewAnswerOpenOnesTheOld() {
        String open = invited();
        client.sandbox.microsoftAnswers(null, MicrosoftAnswer.declines(Duration.ofDays(1), null));
        String later = invited();
        client.clock.move(Duration.ofDays(2));
        assertThat(substatus(open)).isEqualTo("Accepted");
        assertThat(substatus(later)).isEqualTo("Declined");
        assertThat(microsofts(later).get("statusReason").textValue()).contains("No Microsoft seller");
    }

    @Test
    void everythingThatIsDueHappensInOrder() {
        invited();
        client.clock.move(Duration.ofDays(1));
        client.sandbox.microsoftInvites(ExampleReferrals.inbound());
        client.sandbox.microsoftAnswers(null, MicrosoftAnswer.declines(Duration.ofHours(1), null));
        invited();
        int before = client.sandbox.history().size();
        client.clock.move(Duration.ofDays(30));
        client.sandbox.tick();
        assertThat(client.sandbox.history().subList(before, client.sandbox.history().size()))
            .extracting(change -> change.user() + " " + change.table() + " " + change.written().keySet().stream().sorted().toList())
            .containsExactly(
                "microsoft microsoft-referral [/status, /statusReason, /substatus]",
                "microsoft microsoft-referral [/status, /substatus]",
                "microsoft referral [/trackingInfo/microsoftMsxId]",
                "clock referral [/status, /substatus]");
    }

    @Test
    void anAnswerThatAPersonGaveStands() {
        String engagement = invited();
        client.sandbox.microsoftDeclines(engagement, "by hand");
        client.clock.move(Duration.ofDays(3));
        assertThat(substatus(engagement)).isEqualTo("Declined");
    }

    @Test
    void wrongAnswersAreExplained() {
        assertThatThrownBy(() -> client.act("microsoft-answers", "{\"answer\":\"maybe\"}")).hasMessageContaining("silence");
        assertThatThrownBy(() -> client.act("microsoft-answers", "{\"answer\":\"accept\",\"after\":\"soon\"}")).hasMessageContaining("P3D");
    }

    /** Section 2.6: each invited partner gets its own referral, which the inviter sees and cannot change. */
    @Test
    void anInvitedPartnerHasItsOwnReferralWithItsOwnDateAndValue() {
        String deal = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        String engagement = (String) client.sandbox.referral(deal).get("engagementId");
        Map<String, Object> invitation = ExampleReferrals.outbound();
        invitation.put("engagementId", engagement);
        invitation.put("target",
            TestClient.parse("[{\"type\":\"BusinessProfileLocation\",\"id\":\"01e2abcd-52b0-4af3-a3ae-1fd1530b3563\"}]"));
        JsonNode other = client.referrals("POST", "", invitation).json();
        assertThat(other.get("status").textValue()).isEqualTo("New");
        String id = other.get("id").textValue();
        assertThat(client.referrals("GET", "/" + id, null).status()).isEqualTo(404);
        assertThat(client.list("$filter=engagementId eq '" + engagement + "'").json().get("value")).hasSize(2);
        client.act("invited-partner-edits", "{\"id\":\"" + id + "\",\"values\":{\"/details/dealValue\":7}}");
        client.act("invited-partner-accepts", "{\"id\":\"" + id + "\"}");
        assertThat(client.sandbox.referral(id)).containsEntry("substatus", "Accepted");
        assertThat(client.sandbox.referral(deal).toString()).contains("dealValue=48000.5");
        assertThat(client.sandbox.invitedPartnersReferrals()).hasSize(1);
        assertThat(client.sandbox.microsoftReferrals()).isEmpty();
        assertThatThrownBy(() -> client.sandbox.invitedPartnerAnswers(id, false, "late")).hasMessageContaining("already");
    }

    @Test
    void anotherPartnerInvitesThisOne() {
        JsonNode made = client.act("another-partner-sends-referral", "{\"organizationId\":\"fabrikam\",\"referral\":{\"name\":\"p2p\"}}");
        String id = made.get("id").textValue();
        assertThat(client.sandbox.referral(id)).containsEntry("direction", "Incoming").containsEntry("substatus", "Pending");
        assertThat(SandboxSystem.JSON.valueToTree(client.sandbox.referral(id)).at("/inviteContext/invitedBy/organizationId").asText())
            .isEqualTo("fabrikam");
    }
}

package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.1: the list with its options. Three referrals: a German deal, an American one made and closed, an inbound one. */
class ReferralListTest {

    private static TestClient client;
    private static String german;

    @BeforeAll
    static void start() {
        client = new TestClient();
        client.clock.stop();
        client.clock.set(Instant.parse("2026-01-10T10:00:00Z"));
        german = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        client.clock.move(Duration.ofHours(1));
        Map<String, Object> american = client.sandbox.referral(german);
        @SuppressWarnings("unchecked")
        Map<String, Object> profile = (Map<String, Object>) american.get("customerProfile");
        @SuppressWarnings("unchecked")
        Map<String, Object> address = (Map<String, Object>) profile.get("address");
        address.put("country", "US");
        american.remove("engagementId");
        american.put("name", "american");
        String closed = client.sandbox.partnerCreates(american);
        client.clock.move(Duration.ofHours(1));
        Map<String, Object> inbound = ExampleReferrals.inbound();
        inbound.put("name", "inbound");
        inbound.put("team", List.of(Map.of("email", "o'neil@contoso.com")));
        client.sandbox.microsoftInvites(inbound);
        client.clock.move(Duration.ofHours(1));
        client.sandbox.partnerCloses(closed, "Won", "signed");
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static String names(Answer answer) {
        List<String> names = new ArrayList<>();
        answer.json().get("value").forEach(referral -> names.add(referral.get("name").textValue().split(" ")[0]));
        return String.join("+", names);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
        status eq 'Active' | Adventure
        status ne 'Active' | american+inbound
        substatus eq 'Won' | american
        direction eq 'Incoming' and status eq 'New' | inbound
        status eq 'New' or status eq 'Closed' | american+inbound
        status eq 'New' or status eq 'Active' and customerProfile/address/country eq 'DE' | Adventure+inbound
        (status eq 'New' or status eq 'Active') and customerProfile/address/country eq 'US' | inbound
        updatedDateTime ge 2026-01-10T12:00:00Z | american+inbound
        updatedDateTime gt 2026-01-10T12:00:00.0000000Z | american
        updatedDateTime lt 2026-01-10T14:00:00+02:00 | Adventure
        updatedDateTime le 2026-01-10T12:00:00Z | Adventure+inbound
        qualification eq 'SalesQualified' and type eq 'Shared' | Adventure+american+inbound
        team/any(t:t/email eq 'jane.doe@contoso.com') | Adventure+american
        team/any(m: m/email eq 'o''neil@contoso.com') | inbound
        email eq 'jane.doe@contoso.com' | Adventure+american
        engagementId eq null | ""
        """)
    void filters(String filter, String expected) {
        assertThat(names(client.list("$filter=" + filter))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"externalReferenceId eq 'x'", "status eq", "status eq 'New", "status is 'New'", "(status eq 'New'",
        "status eq 'New' status eq 'New'", "status eq New", "updatedDateTime ge '2026-01-10T12:00:00Z'", "contains(name,'x')", "",
        "team/any(t:t/firstName eq 'x')"})
    void refusesOtherFilters(String filter) {
        Answer answer = client.list("$filter=" + filter);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalidRequest");
        assertThat(answer.target()).isEqualTo("$filter");
    }

    @Test
    void ordersSkipsAndTakes() {
        assertThat(names(client.list("$orderby=updatedDateTime desc"))).isEqualTo("american+inbound+Adventure");
        assertThat(names(client.list("$orderby=createdDateTime"))).isEqualTo("Adventure+american+inbound");
        assertThat(names(client.list("$top=1", "$skip=1"))).isEqualTo("american");
        assertThat(client.list("$orderby=name").target()).isEqualTo("$orderby");
        assertThat(client.list("$top=-1").target()).isEqualTo("$top");
        assertThat(client.list("$expand=team").status()).isEqualTo(501);
    }

    @Test
    void selectsMembers() {
        JsonNode item = client.list("$select=id,status,customerProfile", "$top=1").json().at("/value/0");
        assertThat(item.fieldNames()).toIterable().containsExactlyInAnyOrder("id", "status", "customerProfile");
        assertThat(client.list("$select=colour").target()).isEqualTo("$select");
    }

    @Test
    void itemsHaveNoTagUnlessASwitchSaysSo() {
        assertThat(client.list().json().at("/value/0").has("eTag")).isFalse();
        try (TestClient other = new TestClient(PartnerCenterOptions.defaults().with(PartnerCenterOptions.Switch.LISTS_CARRY_ETAG))) {
            other.sandbox.partnerCreates(ExampleReferrals.outbound());
            assertThat(other.list().json().at("/value/0").has("eTag")).isTrue();
        }
    }

    @Test
    void pagesAtHundredWithTheOddLink() {
        try (TestClient own = new TestClient()) {
            for (int i = 0; i < 205; i++) {
                own.sandbox.partnerCreates(ExampleReferrals.outbound());
            }
            List<String> ids = new ArrayList<>();
            JsonNode page = own.list("$filter=status eq 'Active'", "$top=203").json();
            assertThat(page.get("@odata.count").intValue()).isEqualTo(205);
            while (true) {
                page.get("value").forEach(referral -> ids.add(referral.get("id").textValue()));
                if (!page.has("@odata.nextLink")) {
                    break;
                }
                assertThat(page.get("value")).hasSize(100);
                String link = page.get("@odata.nextLink").textValue();
                assertThat(link).startsWith("http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=");
                page = own.referrals("GET", "?" + URI.create(link).getRawQuery(), null).json();
            }
            assertThat(ids).hasSize(203).doesNotHaveDuplicates();
            assertThat(own.list("$skiptoken=nonsense").target()).isEqualTo("$skiptoken");
        }
    }

    @Test
    void getsOneWithTagAndLinks() {
        Answer answer = client.referrals("GET", "/" + german, null, "MS-CorrelationId", "corr", "client-request-id", "mine");
        assertThat(answer.json().get("eTag").textValue()).isEqualTo(answer.header("ETag")).startsWith("\"");
        assertThat(answer.json().at("/links/self/uri").textValue()).endsWith("/v1.0/engagments/referrals/" + german);
        assertThat(answer.json().get("@odata.context").textValue()).endsWith("$metadata#Referrals/$entity");
        assertThat(answer.header("MS-CorrelationId")).isEqualTo("corr");
        assertThat(answer.header("client-request-id")).isEqualTo("mine");
        assertThat(answer.header("Request-ID")).isNotBlank();
    }

    @Test
    void doesNotPretend() {
        assertThat(client.referrals("GET", "/nobody", null).code()).isEqualTo("itemNotFound");
        assertThat(client.referrals("GET", "/nobody", null).status()).isEqualTo(404);
        assertThat(client.referrals("DELETE", "/" + german, null).status()).isEqualTo(405);
        Answer unknown = client.callWith(client.userToken(Tokens.REFERRALS), "GET", "/v1.0/engagements/solutions", null);
        assertThat(unknown.status()).isEqualTo(501);
        assertThat(unknown.json().at("/error/message").textValue()).contains("/v1.0/engagements/solutions");
    }
}

package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 3.1 of the contract. */
class QueriesTest {

    private static final String EXPAND = "msft_opportunity_msft_microsoftsolution_OpportunityId";

    private final Organisation org = new Organisation();
    private String contoso;

    @AfterEach
    void stop() {
        org.close();
    }

    @BeforeEach
    void deals() {
        contoso = org.sandbox.create("account", Map.of("name", "Contoso", "address1_country", "DE"));
        org.sandbox.create("opportunity", Map.of("name", "Alpha", "estimatedvalue", 100, "estimatedclosedate", "2026-12-01",
            "parentaccountid@odata.bind", "/accounts(" + contoso + ")"));
        org.sandbox.create("opportunity", Map.of("name", "O'Brien, (West)", "estimatedvalue", 200, "estimatedclosedate", "2027-01-01",
            "closeprobability", 50));
        org.sandbox.create("opportunity", Map.of("name", "beta", "estimatedvalue", 300, "msft_microsoftpartnercenterreferralsync", true));
    }

    private static List<String> names(JsonNode json) {
        return StreamSupport.stream(json.path("value").spliterator(), false).map(row -> row.path("name").asText()).toList();
    }

    private String list(String filter) {
        var answer = org.get("opportunities?$select=name&$filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return String.join(";", names(answer.json()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "name eq 'ALPHA' | Alpha",
        "name eq 'O''Brien, (West)' | O'Brien, (West)",
        "name ne 'alpha' | O'Brien, (West);beta",
        "estimatedvalue gt 100 and estimatedvalue lt 300 | O'Brien, (West)",
        "estimatedvalue ge 200.00 | O'Brien, (West);beta",
        "estimatedvalue le 100 or name eq 'beta' | Alpha;beta",
        "not (name eq 'Alpha' or name eq 'beta') | O'Brien, (West)",
        "contains(name,'BRIEN') or startswith(name,'al') | Alpha;O'Brien, (West)",
        "endswith(name,'ta') and not contains(name,'x') | beta",
        "closeprobability eq null and estimatedclosedate ne null | Alpha",
        "estimatedclosedate ge 2026-12-15 | O'Brien, (West)",
        "createdon ge 2026-11-20T10:00:00Z and createdon lt 2026-11-21 and msft_microsoftpartnercenterreferralsync eq true | beta",
        "parentaccountid/address1_country eq 'DE' | Alpha",
        "statecode eq 0 and (statuscode eq 1 or statuscode eq 2) and closeprobability eq 50 | O'Brien, (West)"})
    void filters(String filter, String names) {
        assertThat(list(filter)).isEqualTo(names);
    }

    @Test
    void filtersByGuid() {
        assertThat(list("_parentaccountid_value eq " + contoso)).isEqualTo("Alpha");
        assertThat(list("opportunityid ne " + org.sandbox.rows("opportunity").get(0).get("opportunityid")))
            .isEqualTo("O'Brien, (West);beta");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "$filter=nothing eq 1 | 400 | nothing",
        "$filter=estimatedvalue eq 'x' | 400 | estimatedvalue",
        "$filter=createdon ge '2026-01-01' | 400 | createdon",
        "$filter=name eq | 400 | filter",
        "$filter=name eq 'a' b | 400 | filter",
        "$filter=name eq 'a | 400 | Syntax",
        "$filter=Microsoft.Dynamics.CRM.ThisFiscalYear(PropertyName='modifiedon') | 501 | ThisFiscalYear",
        "$select=name,nothing | 400 | nothing",
        "$orderby=nothing | 400 | nothing",
        "$expand=nothing | 400 | nothing",
        "$expand=ParentAccountId | 400 | ParentAccountId",
        "$skip=1 | 400 | Skip",
        "$top=-1 | 400 | -1",
        "$apply=aggregate(x) | 501 | $apply",
        "fetchXml=x | 501 | fetchXml"})
    void refuses(String query, int status, String named) {
        var answer = org.get("opportunities?" + query.replace("'", "%27"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.message()).contains(named);
    }

    @Test
    void ordersLimitsAndCounts() {
        var answer = org.get("opportunities?$select=name&$orderby=estimatedclosedate desc,name&$top=2&$count=true&tag=any").json();
        assertThat(names(answer)).containsExactly("O'Brien, (West)", "Alpha");
        assertThat(answer.path("@odata.count").asInt()).isEqualTo(3);
        assertThat(answer.path("@odata.context").asText()).endsWith("$metadata#opportunities(name)");
        assertThat(answer.at("/value/0/@odata.etag").asText()).startsWith("W/\"");
        assertThat(answer.path("@odata.nextLink").isMissingNode()).isTrue();
        assertThat(org.get("opportunities/$count").text()).isEqualTo("3");
    }

    @Test
    void expandsSolutionsWithTheirDetail() {
        String id = (String) org.sandbox.rows("opportunity").get(0).get("opportunityid");
        String detail = (String) org.sandbox.rows("msft_microsoftsolutiondetail").get(0).get("msft_microsoftsolutiondetailid");
        org.create("msft_microsoftsolutions", "{\"msft_OpportunityId@odata.bind\":\"/opportunities(" + id + ")\","
            + "\"msft_SolutionDetailId@odata.bind\":\"/msft_microsoftsolutiondetails(" + detail + ")\"}");
        var one = org.get("opportunities(" + id + ")?$select=name&$expand=" + EXPAND
            + "($select=msft_name;$expand=msft_SolutionDetailId($select=msft_solutionidentifier)),parentaccountid($select=name)").json();
        assertThat(one.at("/" + EXPAND + "/0/msft_SolutionDetailId/msft_solutionidentifier").asText()).isEqualTo("SOL-34104-EBB");
        assertThat(one.at("/" + EXPAND + "/0").has("msft_solutionidentifier")).isFalse();
        assertThat(one.at("/parentaccountid/name").asText()).isEqualTo("Contoso");
        var list = org.get("opportunities?$select=name&$expand=" + EXPAND + "($filter=msft_name eq 'none'),parentaccountid").json();
        assertThat(list.at("/value/0/" + EXPAND)).isEmpty();
        assertThat(list.at("/value/1/parentaccountid").isNull()).isTrue();
        assertThat(org.get("opportunities(" + id + ")/" + EXPAND).json().path("value")).hasSize(1);
    }

    @Test
    void pagesByOpaqueLinksOnTheHostTheCallerUsed() {
        List<String> all = new ArrayList<>();
        String link = org.sandbox.address().replace("127.0.0.1", "localhost")
            + "/api/data/v9.2/opportunities?$select=name&$orderby=estimatedvalue%20desc&$top=1&$count=true";
        String preference = "odata.include-annotations=\"*\",odata.maxpagesize=1";
        while (link != null) {
            var page = org.get(link, "Prefer", preference);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Preference-Applied")).isEqualTo("odata.include-annotations=\"*\", odata.maxpagesize=1");
            assertThat(page.json().path("@odata.count").asInt()).isGreaterThanOrEqualTo(3);
            all.addAll(names(page.json()));
            link = page.json().path("@odata.nextLink").textValue();
            if (link != null) {
                assertThat(link).startsWith("http://localhost:").contains("$skiptoken=%3Ccookie%20pagenumber");
            }
            if (all.size() == 1) { // rows that come and go between pages move nothing
                org.sandbox.create("opportunity", Map.of("name", "Richest", "estimatedvalue", 999));
            }
        }
        assertThat(all).containsExactly("beta", "O'Brien, (West)", "Alpha");
        assertThat(org.get("opportunities?$skiptoken=x").status()).isEqualTo(400);
        assertThat(org.get("opportunities", "Prefer", "odata.maxpagesize=0").status()).isEqualTo(400);
    }
}

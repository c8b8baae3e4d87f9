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
        "fetchXml=x | 400 | XML",
        "$filter=Microsoft.Dynamics.CRM.LastXHours(PropertyName='name',PropertyValue=2) | 400 | name",
        "$filter=Microsoft.Dynamics.CRM.LastXHours(PropertyName='createdon',PropertyValue='x') | 400 | x",
        "$filter=msft_opportunity_msft_microsoftsolution_OpportunityId/any(o:o/msft_name eq 'a') | 400 | Syntax"})
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

    /** Section 3.1 (inferred): Dataverse's own functions of dates and lists; now is Friday 2026-11-20T10:00Z. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Today(PropertyName='createdon') | Alpha;O'Brien, (West);beta",
        "Yesterday(PropertyName='createdon') | ``",
        "LastXHours(PropertyName='createdon',PropertyValue=1) | Alpha;O'Brien, (West);beta",
        "OlderThanXMinutes(PropertyName='createdon',PropertyValue=1) | ``",
        "Last7Days(PropertyName='estimatedclosedate') | ``",
        "NextXDays(PropertyName='estimatedclosedate',PropertyValue=11) | Alpha",
        "NextXDays(PropertyName='estimatedclosedate',PropertyValue=10) | ``",
        "NextMonth(PropertyName='estimatedclosedate') | Alpha",
        "NextYear(PropertyName='estimatedclosedate') | O'Brien, (West)",
        "NextXWeeks(PropertyName='estimatedclosedate',PropertyValue=6) | Alpha;O'Brien, (West)",
        "OnOrAfter(PropertyName='estimatedclosedate',PropertyValue='2026-12-02') | O'Brien, (West)",
        "OnOrBefore(PropertyName='estimatedclosedate',PropertyValue=2026-12-01) | Alpha",
        "On(PropertyName='createdon',PropertyValue='2026-11-20') | Alpha;O'Brien, (West);beta",
        "NotOn(PropertyName='createdon',PropertyValue='2026-11-20') | ``",
        "In(PropertyName='name',PropertyValues=['alpha','BETA']) | Alpha;beta",
        "NotIn(PropertyName='statuscode',PropertyValues=['1','2']) | ``",
        "Between(PropertyName='estimatedvalue',PropertyValues=['100','200']) | Alpha;O'Brien, (West)",
        "NotBetween(PropertyName='estimatedvalue',PropertyValues=['100','200']) | beta"})
    void filtersByFunctionsOfItsOwn(String function, String names) {
        assertThat(list("Microsoft.Dynamics.CRM." + function)).isEqualTo(names == null ? "" : names);
    }

    /** Section 3.1: the count stops at 5000, and annotations say so. */
    @Test
    void countsUpTo5000AndAnnotationsRevealTheCap() {
        for (int i = 0; i < 5001; i++) {
            org.sandbox.create("team", Map.of("name", "Team " + i));
        }
        var page = org.get("teams?$select=name&$count=true", "Prefer", "odata.include-annotations=\"*\"").json();
        assertThat(page.path("value")).hasSize(5000);
        assertThat(page.path("@odata.count").asInt()).isEqualTo(5000);
        assertThat(page.path("@Microsoft.Dynamics.CRM.totalrecordcount").asInt()).isEqualTo(5000);
        assertThat(page.path("@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded").asBoolean()).isTrue();
        assertThat(page.path("@Microsoft.Dynamics.CRM.globalmetadataversion").isTextual()).isTrue();
        assertThat(org.get(page.path("@odata.nextLink").asText()).json().path("value")).hasSize(2);
        assertThat(org.get("teams/$count").text()).isEqualTo("5000");
        var few = org.get("accounts?$count=true", "Prefer", "odata.include-annotations=\"*\"").json();
        assertThat(few.path("@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded").asBoolean()).isFalse();
        assertThat(org.get("accounts?$count=true").json().has("@Microsoft.Dynamics.CRM.totalrecordcount")).isFalse();
    }

    /** Section 3.1: {@code $top} is ignored beside a page size. */
    @Test
    void aPageSizeBeatsTop() {
        var page = org.get("opportunities?$select=name&$top=1", "Prefer", "odata.maxpagesize=2").json();
        assertThat(page.path("value")).hasSize(2);
        assertThat(page.has("@odata.nextLink")).isTrue();
    }

    /** Section 3.1 (inferred): expanded collections page by themselves. */
    @Test
    void expandedCollectionsHaveTheirOwnNextLink() {
        String id = (String) org.sandbox.rows("opportunity").get(0).get("opportunityid");
        for (int i = 0; i < 3; i++) {
            org.sandbox.create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + id + ")"));
        }
        var row = org.get("opportunities(" + id + ")?$select=name&$expand=" + EXPAND + "($select=msft_name;$orderby=msft_name desc)",
            "Prefer", "odata.maxpagesize=2").json();
        List<String> all = new ArrayList<>(row.path(EXPAND).findValuesAsText("msft_name"));
        String link = row.path(EXPAND + "@odata.nextLink").asText();
        assertThat(link).contains("/opportunities(" + id + ")/" + EXPAND + "?").contains("$skiptoken=");
        var rest = org.get(link, "Prefer", "odata.maxpagesize=2").json();
        all.addAll(rest.path("value").findValuesAsText("msft_name"));
        assertThat(all).containsExactly("2026-11-20-00003", "2026-11-20-00002", "2026-11-20-00001");
        assertThat(rest.has("@odata.nextLink")).isFalse();
        assertThat(rest.at("/value/0").has("_msft_opportunityid_value")).isFalse();
        assertThat(org.get("opportunities(" + id + ")?$expand=" + EXPAND).json().has(EXPAND + "@odata.nextLink")).isFalse();
    }

    private JsonNode fetch(String xml, String... headers) {
        var answer = org.get("opportunities?fetchXml=" + URLEncoder.encode(xml, StandardCharsets.UTF_8), headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void fetchXmlFiltersOrdersAndPages() {
        assertThat(names(fetch("<fetch><entity name='opportunity'><attribute name='name'/><filter type='or'>"
            + "<condition attribute='name' operator='like' value='%brien%'/><condition attribute='parentaccountid' operator='eq' value='{"
            + contoso + "}'/><filter><condition attribute='createdon' operator='yesterday'/></filter></filter>"
            + "<order attribute='estimatedvalue' descending='true'/></entity></fetch>"))).containsExactly("O'Brien, (West)", "Alpha");
        String paged = "<fetch count='2' page='%d' returntotalrecordcount='true'><entity name='opportunity'><attribute name='name'/>"
            + "<filter><condition attribute='statecode' operator='in'><value>0</value></condition></filter></entity></fetch>";
        var first = fetch(paged.formatted(1), "Prefer", "odata.include-annotations=\"*\"");
        assertThat(names(first)).containsExactly("Alpha", "O'Brien, (West)");
        assertThat(first.path("@Microsoft.Dynamics.CRM.totalrecordcount").asInt()).isEqualTo(3);
        assertThat(first.path("@Microsoft.Dynamics.CRM.fetchxmlpagingcookie").asText())
            .startsWith("<cookie pagenumber=\"2\" pagingcookie=\"%253Ccookie%2520page%253D%25221%2522");
        var second = fetch(paged.formatted(2));
        assertThat(names(second)).containsExactly("beta");
        assertThat(second.has("@Microsoft.Dynamics.CRM.fetchxmlpagingcookie")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "<fetch aggregate='true'><entity name='opportunity'/></fetch> | 501 | aggregate",
        "<fetch><entity name='opportunity'><link-entity name='account'/></entity></fetch> | 501 | link-entity",
        "<fetch><entity name='opportunity'><filter><condition attribute='name' operator='eq-userid'/></filter></entity></fetch> | 501 "
            + "| eq-userid",
        "<fetch><entity name='account'/></fetch> | 400 | opportunity",
        "<fetch><entity name='opportunity'><attribute name='nothing'/></entity></fetch> | 400 | nothing"})
    void fetchXmlThatIsRefused(String xml, int status, String named) {
        var answer = org.get("opportunities?fetchXml=" + URLEncoder.encode(xml, StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.message()).contains(named);
    }
}

package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries: contract salesforce.md, section 3.2, errors of 3.5, checklist 4. Today is Friday, 20 November 2026, 10:00. */
class SoqlTest {

    private final Contoso contoso = new Contoso();
    private String fabrikam;
    private String alpha;
    private String brien;

    @AfterEach
    void stop() {
        contoso.close();
    }

    @BeforeEach
    void deals() {
        fabrikam = contoso.sandbox.create("Account", Map.of("Name", "Fabrikam", "BillingCountry", "DE"));
        contoso.clock.set(Instant.parse("2026-11-10T10:00:00Z"));
        alpha = contoso.opportunity("Alpha", Map.of("Amount", 100, "AccountId", fabrikam, "CloseDate", "2026-11-20",
            "Referral_Identifier__c", "ref-1"));
        contoso.clock.set(Instant.parse("2026-11-19T23:59:00Z"));
        brien = contoso.opportunity("O'Brien 100%_done", Map.of("Amount", 200.5, "CloseDate", "2027-01-01", "Referral_Identifier__c", "REF-2"));
        contoso.clock.set(Instant.parse("2026-11-20T10:00:00Z"));
        contoso.opportunity("beta", Map.of("StageName", "Closed Won", "Sync_With_Partner_Center__c", true, "NextStep", "call"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Name = 'ALPHA' | Alpha",
        "name = 'O\\'Brien 100%_done' | O'Brien 100%_done",
        "Name != 'alpha' | O'Brien 100%_done;beta",
        "Name <> 'alpha' | O'Brien 100%_done;beta",
        "NextStep != 'x' | Alpha;O'Brien 100%_done;beta",
        "NextStep = null | Alpha;O'Brien 100%_done",
        "NextStep = '' | Alpha;O'Brien 100%_done",
        "NextStep != null | beta",
        "Amount > 100 AND Amount < 300 | O'Brien 100%_done",
        "Amount >= 100.00 AND Amount <= 200.50 | Alpha;O'Brien 100%_done",
        "Amount = 100 OR Name = 'beta' | Alpha;beta",
        "(Amount = 100 OR Name = 'beta') AND StageName = 'closed won' | beta",
        "NOT (Amount = 100 OR Name = 'beta') | O'Brien 100%_done",
        "Amount < 300 AND (NOT Name LIKE 'a%') | O'Brien 100%_done",
        "Name LIKE '%BRIEN%' OR Name LIKE '_eta' | O'Brien 100%_done;beta",
        "Name LIKE '%\\%\\_done' | O'Brien 100%_done",
        "Name LIKE '%100\\_done' | ``",
        "Name LIKE 'Al.ha' | ``",
        "Referral_Identifier__c IN ('REF-1', 'ref-2') | Alpha;O'Brien 100%_done",
        "Referral_Identifier__c NOT IN ('ref-1') | O'Brien 100%_done;beta",
        "Sync_With_Partner_Center__c = true | beta",
        "IsClosed = false | Alpha;O'Brien 100%_done",
        "CloseDate > 2026-12-01 AND CloseDate <= 2027-01-01 | O'Brien 100%_done;beta",
        "CreatedDate >= 2026-11-19T23:59:00Z | O'Brien 100%_done;beta",
        "CreatedDate > 2026-11-20T00:59:00+01:00 | beta",
        "CreatedDate < 2026-11-19T23:59:00.000Z | Alpha",
        "SystemModstamp = TODAY | beta",
        "CloseDate = TODAY | Alpha",
        "CloseDate > TODAY | O'Brien 100%_done;beta",
        "CreatedDate = YESTERDAY | O'Brien 100%_done",
        "CreatedDate < YESTERDAY | Alpha",
        "CreatedDate != YESTERDAY | Alpha;beta",
        "CreatedDate = LAST_N_DAYS:9 | O'Brien 100%_done;beta",
        "CreatedDate >= LAST_N_DAYS:10 | Alpha;O'Brien 100%_done;beta",
        "CreatedDate = N_DAYS_AGO:10 | Alpha",
        "CreatedDate = LAST_WEEK | Alpha",
        "CreatedDate = THIS_WEEK | O'Brien 100%_done;beta",
        "CloseDate = THIS_MONTH | Alpha",
        "CloseDate = NEXT_N_MONTHS:1 | beta",
        "CloseDate = NEXT_QUARTER | O'Brien 100%_done",
        "CloseDate <= THIS_YEAR | Alpha;beta",
        "CloseDate IN (TODAY, 2027-01-01) | Alpha;O'Brien 100%_done",
        "Account.BillingCountry = 'de' | Alpha",
        "Account.Name = null | O'Brien 100%_done;beta",
        "Opportunity.Name = 'beta' | beta",
        "AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'fab%') | Alpha",
        "Id NOT IN (SELECT OpportunityId FROM OpportunityContactRole) | Alpha;O'Brien 100%_done;beta"})
    void findsWhatSoqlConditionsFind(String where, String names) {
        assertThat(contoso.values("SELECT Name FROM Opportunity WHERE " + where, "Name")).isEqualTo(names);
    }

    @Test
    void comparesIdsInBothLengths() {
        for (String id : List.of(alpha, alpha.substring(0, 15))) {
            assertThat(contoso.values("SELECT Name FROM Opportunity WHERE Id = '" + id + "'", "Name")).isEqualTo("Alpha");
        }
        String account = fabrikam.substring(0, 15);
        assertThat(contoso.values("SELECT Name FROM Opportunity WHERE AccountId IN ('" + account + "')", "Name")).isEqualTo("Alpha");
        assertThat(contoso.values("SELECT Name FROM Opportunity WHERE Account.Id = '" + account + "'", "Name")).isEqualTo("Alpha");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "ORDER BY Name | Alpha;beta;O'Brien 100%_done",
        "ORDER BY Name DESC | O'Brien 100%_done;beta;Alpha",
        "ORDER BY Amount | beta;Alpha;O'Brien 100%_done",
        "ORDER BY Amount NULLS LAST | Alpha;O'Brien 100%_done;beta",
        "ORDER BY Amount DESC NULLS LAST | O'Brien 100%_done;Alpha;beta",
        "ORDER BY Account.Name NULLS LAST, CloseDate DESC | Alpha;O'Brien 100%_done;beta",
        "ORDER BY SystemModstamp, Id LIMIT 2 | Alpha;O'Brien 100%_done",
        "ORDER BY SystemModstamp ASC NULLS FIRST LIMIT 1 OFFSET 1 | O'Brien 100%_done",
        "LIMIT 0 | ``",
        "ORDER BY Name LIMIT 1 FOR VIEW | Alpha",
        "WITH SECURITY_ENFORCED ORDER BY Name LIMIT 1 | Alpha"})
    void sortsAndLimits(String clauses, String names) {
        assertThat(contoso.values("SELECT Name FROM Opportunity " + clauses, "Name")).isEqualTo(names);
    }

    @Test
    void answersFieldsAsAskedWithTypeAndAddress() {
        var answer = contoso.query("SELECT name, Id, Amount, CloseDate, CreatedDate, IsWon, NextStep, AccountId FROM opportunity "
            + "WHERE Name = 'alpha'");
        assertThat(answer.text()).isEqualTo("{\"totalSize\":1,\"done\":true,\"records\":[{\"attributes\":{\"type\":\"Opportunity\","
            + "\"url\":\"/services/data/v60.0/sobjects/Opportunity/" + alpha + "\"},\"Name\":\"Alpha\",\"Id\":\"" + alpha
            + "\",\"Amount\":100.0,\"CloseDate\":\"2026-11-20\",\"CreatedDate\":\"2026-11-10T10:00:00.000+0000\",\"IsWon\":false,"
            + "\"NextStep\":null,\"AccountId\":\"" + fabrikam + "\"}]}");
    }

    @Test
    void answersParentsAsObjectsOverSeveralLevels() {
        String contact = contoso.sandbox.create("Contact", Map.of("LastName", "Doe", "AccountId", fabrikam));
        contoso.sandbox.create("OpportunityContactRole", Map.of("OpportunityId", alpha, "ContactId", contact));
        JsonNode role = contoso.records("SELECT Contact.LastName, Id, Contact.Account.Name, Opportunity.Owner.Email "
            + "FROM OpportunityContactRole").get(0);
        assertThat(List.copyOf(Contoso.list(role.path("Contact")))).hasSize(3);
        assertThat(role.at("/Contact/attributes/type").asText()).isEqualTo("Contact");
        assertThat(role.at("/Contact/attributes/url").asText()).isEqualTo(Contoso.ROOT + "/sobjects/Contact/" + contact);
        assertThat(role.at("/Contact/LastName").asText()).isEqualTo("Doe");
        assertThat(role.at("/Contact/Account/Name").asText()).isEqualTo("Fabrikam");
        assertThat(role.at("/Opportunity/Owner/Email").asText()).isEqualTo("sam.seller@contoso.example");
        JsonNode orphan = contoso.records("SELECT o.Account.Name FROM Opportunity o WHERE o.Name = 'beta'").get(0);
        assertThat(orphan.path("Account").isNull()).isTrue();
    }

    /** Section 2.6, the query named there. */
    @Test
    void answersTheSolutionsOfADealAsChildren() {
        List<JsonNode> details = contoso.records("SELECT Id FROM Microsoft_Solution_Detail__c ORDER BY Solution_Identifier__c");
        for (JsonNode detail : details) {
            contoso.sandbox.create("Microsoft_Solutions__c", Map.of("Opportunity__c", alpha, "Solution__c", detail.path("Id").asText(),
                "Quantity__c", 2));
        }
        List<JsonNode> deals = contoso.records("SELECT Id,(SELECT Id,Solution__r.Solution_Identifier__c,Solution__r.Type__c "
            + "FROM Opportunity_To_Microsoft_Solutions__r) FROM Opportunity WHERE Name IN ('Alpha','beta') ORDER BY Name");
        JsonNode solutions = deals.get(0).path("Opportunity_To_Microsoft_Solutions__r");
        assertThat(solutions.path("totalSize").asInt()).isEqualTo(2);
        assertThat(solutions.path("done").asBoolean()).isTrue();
        assertThat(solutions.at("/records/0/attributes/type").asText()).isEqualTo("Microsoft_Solutions__c");
        assertThat(solutions.at("/records/0/Solution__r/Solution_Identifier__c").asText()).isEqualTo("SOL-15974-MQF");
        assertThat(solutions.at("/records/1/Solution__r/Type__c").asText()).isEqualTo("3P");
        assertThat(deals.get(1).path("Opportunity_To_Microsoft_Solutions__r").isNull()).isTrue();
        JsonNode one = contoso.records("SELECT (SELECT Solution__r.Solution_Identifier__c FROM Opportunity_To_Microsoft_Solutions__r "
            + "WHERE Quantity__c = 2 ORDER BY Solution__r.Solution_Identifier__c DESC LIMIT 1), Name FROM Opportunity").get(0);
        assertThat(one.at("/Opportunity_To_Microsoft_Solutions__r/records/0/Solution__r/Solution_Identifier__c").asText())
            .isEqualTo("SOL-34104-EBB");
        assertThat(one.at("/Opportunity_To_Microsoft_Solutions__r/records")).hasSize(1);
    }

    @Test
    void counts() {
        assertThat(contoso.query("SELECT COUNT() FROM Opportunity WHERE Amount != null").text())
            .isEqualTo("{\"totalSize\":2,\"done\":true,\"records\":[]}");
    }

    @Test
    void knowsFieldsOfAllStandardAndCustom() {
        JsonNode all = contoso.records("SELECT FIELDS(ALL) FROM Opportunity LIMIT 200").get(0);
        assertThat(all.has("Name") && all.has("Referral_Identifier__c") && all.has("Amount")).isTrue();
        JsonNode standard = contoso.records("SELECT FIELDS(STANDARD) FROM Opportunity").get(0);
        assertThat(standard.has("Name")).isTrue();
        assertThat(standard.has("Referral_Identifier__c")).isFalse();
        JsonNode custom = contoso.records("SELECT Id, FIELDS(CUSTOM) FROM Opportunity LIMIT 1").get(0);
        assertThat(custom.path("Referral_Identifier__c").asText()).isEqualTo("ref-1");
        assertThat(custom.has("Name")).isFalse();
        for (String without : List.of("", " LIMIT 201")) {
            var refused = contoso.query("SELECT FIELDS(ALL) FROM Opportunity" + without);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("MALFORMED_QUERY");
            assertThat(refused.message()).isEqualTo("The SOQL FIELDS function must have a LIMIT of at most 200");
        }
    }

    @Test
    void readsSpacesWrittenAsPlusOrPercent() {
        for (String space : List.of("+", "%20")) {
            assertThat(contoso.get("/query?q=SELECT+Id+FROM+Opportunity+WHERE+Name='beta'".replace("+", space).replace("'", "%27"))
                .json().path("totalSize").asInt()).isEqualTo(1);
        }
        assertThat(contoso.get("/query/?q=SELECT+Id+FROM+Opportunity").json().path("totalSize").asInt()).isEqualTo(3);
    }

    @Test
    void pointsAtTheFieldItDoesNotKnow() {
        var answer = contoso.query("SELECT Id, Foo FROM Opportunity");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_FIELD");
        assertThat(answer.message()).isEqualTo("\nSELECT Id, Foo FROM Opportunity\n           ^\nERROR at Row:1:Column:12\n"
            + "No such column 'Foo' on entity 'Opportunity'. If you are attempting to use a custom field, be sure to append the '__c' after "
            + "the custom field name. Please reference your WSDL or the describe call for the appropriate names.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "SELECT Id FROM Foo | INVALID_TYPE | sObject type 'Foo' is not supported",
        "SELECT Foo.Name FROM Opportunity | INVALID_FIELD | Didn't understand relationship 'Foo' in field path",
        "SELECT Id, Account.Foo FROM Opportunity | INVALID_FIELD | No such column 'Foo' on entity 'Account'",
        "SELECT Id, (SELECT Id FROM Foo__r) FROM Opportunity | INVALID_TYPE | Didn't understand relationship 'Foo__r' in FROM part",
        "SELECT Id, Name, id FROM Opportunity | INVALID_FIELD | duplicate field selected: Id",
        "SELECT Id FROM Opportunity WHERE Foo = 1 | INVALID_FIELD | Column:34",
        "SELECT Id FROM Opportunity ORDER BY Foo | INVALID_FIELD | No such column 'Foo'",
        "SELECT CurrencyIsoCode FROM Opportunity | INVALID_FIELD | No such column 'CurrencyIsoCode'",
        "SELECT Id FROM Opportunity WHERE Amount = '1' | INVALID_FIELD | must be of type double and should not be enclosed in quotes",
        "SELECT Id FROM Opportunity WHERE Name = 1 | INVALID_FIELD | must be of type string and should be enclosed in quotes",
        "SELECT Id FROM Opportunity WHERE CloseDate > '2026-01-01' | INVALID_FIELD | must be of type date and should not be enclosed",
        "SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-01-01 | INVALID_FIELD | must be of type dateTime",
        "SELECT Id FROM Opportunity WHERE Name = TODAY | INVALID_FIELD | must be of type string",
        "SELECT Id FROM Opportunity WHERE Audit__c = 'x' | INVALID_FIELD | field 'Audit__c' can not be filtered in a query call",
        "SELECT Id FROM Opportunity ORDER BY Description | INVALID_FIELD | field 'Description' can not be sorted in a query call",
        "SELECT Id FROM Opportunity WHERE Id = 'abc' | INVALID_QUERY_FILTER_OPERATOR | invalid ID field: abc",
        "SELECT Id FROM Opportunity WHERE IsWon > true | INVALID_QUERY_FILTER_OPERATOR | invalid operator on boolean field",
        "SELECT Id FROM Opportunity WHERE Amount LIKE '1%' | INVALID_QUERY_FILTER_OPERATOR | invalid operator on currency field",
        "SELECT Id FROM Opportunity OFFSET 2001 | NUMBER_OUTSIDE_VALID_RANGE | Maximum SOQL offset allowed is 2000"})
    void refusesWithTheCodeOfTheRealThing(String soql, String code, String message) {
        var answer = contoso.query(soql);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.message()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "SELECT Id FROM | unexpected token: '<EOF>'",
        "SELECT Id FORM Opportunity | unexpected token: 'Opportunity'",
        "SELECT FROM Opportunity | unexpected token",
        "SELECT Id, FROM Opportunity | unexpected token",
        "SELECT Id FROM Opportunity WHERE Name = 'a' AND Name = 'b' OR Name = 'c' | unexpected token: 'OR'",
        "SELECT Id FROM Opportunity WHERE Name = 'O'Brien' | unexpected token: 'Brien'",
        "SELECT Id FROM Opportunity WHERE Name = 'Brien | Illegal string literal",
        "SELECT Id FROM Opportunity WHERE Name = 'a\\q' | Illegal string literal",
        "SELECT Id FROM Opportunity WHERE Name == 'a' | unexpected token: '=='",
        "SELECT Id FROM Opportunity WHERE Name IN 'a' | unexpected token: ''a''",
        "SELECT Id FROM Opportunity WHERE Name = ('a') | unexpected token: '('",
        "SELECT Id FROM Opportunity WHERE Name = :name | unexpected token: ':'",
        "SELECT Id FROM Opportunity WHERE Name = # | unexpected character: '#'",
        "SELECT Id FROM Opportunity WHERE CloseDate = 2026-13-01 | invalid value: 2026-13-01",
        "SELECT Id FROM Opportunity LIMIT x | unexpected token: 'x'",
        "SELECT Id FROM Opportunity; | unexpected token: ';'",
        "SELECT Id x FROM Opportunity | only aggregate expressions use field aliasing",
        "SELECT COUNT(), Id FROM Opportunity | COUNT() stands alone"})
    void refusesWhatIsNoSoql(String soql, String message) {
        var answer = contoso.query(soql);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("MALFORMED_QUERY");
        assertThat(answer.message()).contains(message);
    }

    @Test
    void refusesAQueryWithoutText() {
        assertThat(contoso.get("/query").message()).isEqualTo("A query string has to be specified");
        assertThat(contoso.post("/query", "{}").status()).isEqualTo(405);
    }

    @Test
    void pointsIntoTheRightLine() {
        assertThat(contoso.query("SELECT Id\nFROM Opportunity\nWHERE Foo = 1").message())
            .startsWith("\nWHERE Foo = 1\n      ^\nERROR at Row:3:Column:7\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT COUNT(Id) FROM Opportunity",
        "SELECT StageName FROM Opportunity GROUP BY StageName",
        "SELECT MAX(Amount) FROM Opportunity",
        "SELECT toLabel(StageName) FROM Opportunity",
        "SELECT TYPEOF Owner WHEN User THEN Email END FROM Opportunity",
        "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2026",
        "SELECT Id FROM Opportunity ORDER BY CALENDAR_YEAR(CloseDate)",
        "SELECT Id FROM Opportunity WHERE Amount > USD100",
        "SELECT Id FROM Opportunity USING SCOPE mine",
        "SELECT Id FROM Opportunity ALL ROWS",
        "SELECT Parent.Name FROM Note"})
    void saysPlainlyWhatItDoesNotEvaluate(String soql) {
        var answer = contoso.query(soql);
        assertThat(answer.status()).as(answer.text()).isEqualTo(501);
        assertThat(answer.message()).startsWith("The Salesforce sandbox does not simulate ");
        assertThat(contoso.get("/search?q=FIND%20%7Bx%7D").status()).isEqualTo(501);
        assertThat(contoso.get("/query?explain=" + Contoso.encode(soql)).status()).isEqualTo(501);
    }

    @Test
    void queryAllFindsDeletedRecordsToo() {
        contoso.sandbox.delete("Opportunity", brien);
        String soql = "SELECT Name, IsDeleted, CreatedDate FROM Opportunity";
        assertThat(contoso.values(soql, "Name")).isEqualTo("Alpha;beta");
        var all = contoso.get("/queryAll?q=" + Contoso.encode(soql)).json();
        assertThat(all.path("totalSize").asInt()).isEqualTo(3);
        assertThat(all.at("/records/1/Name").asText()).isEqualTo("O'Brien 100%_done");
        assertThat(all.at("/records/1/IsDeleted").asBoolean()).isTrue();
        assertThat(all.at("/records/0/IsDeleted").asBoolean()).isFalse();
        var gone = contoso.get("/queryAll?q=" + Contoso.encode("SELECT Id FROM Opportunity WHERE IsDeleted = true")).json();
        assertThat(gone.at("/records/0/Id").asText()).isEqualTo(brien);
    }
}

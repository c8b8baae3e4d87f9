package io.cosell.mapping;

import static io.cosell.mapping.Mappings.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Policy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of docs/mappings.md, one test each, in its order. */
class RulesTest {

    private static final String OPPORTUNITY = "dynamics365/opportunity";
    private static final String LEAD = "dynamics365/lead";
    private static Mappings mappings;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        mappings = Mappings.shipped();
    }

    @AfterAll
    static void stop() {
        mappings.close();
    }

    private static JsonNode out(String kind, String view) {
        return mappings.run(kind + "-out", json("{\"mark\": \"\", \"view\": " + view + "}")).path("record");
    }

    private static JsonNode view(String kind, String columns) {
        return mappings.run(kind + "-in", json(columns)).path("view");
    }

    private static ObjectNode afterWriting(String kind, String view) {
        JsonNode document = json("{\"mark\": \"\", \"currencyBind\": \"/transactioncurrencies(1)\", \"view\": " + view + "}");
        Row row = (kind.equals(LEAD) ? Row.lead() : Row.opportunity()).write(mappings.run(kind + "-out", document), document);
        return (ObjectNode) mappings.run(kind + "-in", row.read()).path("view");
    }

    // ---- absent, null, empty

    @ParameterizedTest
    @ValueSource(strings = {OPPORTUNITY, LEAD})
    void whatIsAbsentIsNotTouched(String kind) {
        assertThat(out(kind, "{}")).isEmpty();
        assertThat(out(kind, "{\"details\": {}, \"consent\": {}, \"inviteContext\": {}, \"trackingInfo\": {}}")).isEmpty();
        assertThat(out(kind, "{\"details\": {\"notes\": \"x\"}}")).isEqualTo(json("{\"description\": \"x\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        OPPORTUNITY + "|{'details': {'dealValue': null}}|estimatedvalue",
        OPPORTUNITY + "|{'details': {'closingDateTime': null}}|estimatedclosedate",
        OPPORTUNITY + "|{'details': {'notes': null}}|description",
        OPPORTUNITY + "|{'trackingInfo': {'microsoftMsxId': null}}|msft_microsoftcrmidentifier",
        LEAD + "|{'details': {'dealValue': null}}|estimatedamount",
        LEAD + "|{'details': {'closingDateTime': null}}|estimatedclosedate",
        LEAD + "|{'details': {'notes': null}}|description",
        LEAD + "|{'trackingInfo': {'microsoftMsxId': null}}|msft_microsoftcrmidentifier",
        LEAD + "|{'customerProfile': {'address': {'city': null}}}|address1_city"})
    void whatIsNullEmptiesItsColumn(String kind, String view, String column) {
        assertThat(out(kind, view.replace('\'', '"'))).isEqualTo(json("{\"" + column + "\": null}"));
    }

    @Test
    void aColumnThatIsNotReadIsNotCompared() {
        assertThat(view(OPPORTUNITY, "{}").path("details").has("dealValue")).isFalse();
        assertThat(view(OPPORTUNITY, "{\"estimatedvalue\": null}").path("details").path("dealValue").isNull()).isTrue();
        assertThat(view(LEAD, "{\"subject\": \"x\"}").has("inviteContext")).as("leads keep no help").isFalse();
        assertThat(view(LEAD, "{\"subject\": \"x\"}").at("/details/requirements").isMissingNode()).as("nor solutions").isTrue();
    }

    @Test
    void whatTheCrmCanNotSayByNullIsFilledUp() {
        assertThat(view(OPPORTUNITY, "{\"transactioncurrencyid\": null}").at("/details/currency").isNull()).isTrue();
        assertThat(view(OPPORTUNITY, "{\"statecode\": 0}").path("statusReason").isNull()).isTrue();
        assertThat(view(OPPORTUNITY, "{\"msft_microsoftpartnercenterhelp\": null}").at("/inviteContext/assistanceRequestCode").isNull())
            .isTrue();
        assertThat(mappings.run(OPPORTUNITY + "-in", json("{\"msft_microsoftpartnercenterreferralsync\": null}")).path("sync")
            .asBoolean(true))
            .isFalse();
    }

    // ---- lists

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    void listsStayLists(int size) {
        String solutions = IntStream.range(0, size)
            .mapToObj(i -> "{\"id\": \"SOL-" + i + "\", \"name\": \"Solution " + i + "\", \"type\": \"Name\"}")
            .toList().toString();
        JsonNode expected = json(solutions);
        JsonNode fromPartnerCenter = mappings.run("partner-center/referral-in",
            json("{\"id\": \"R\", \"details\": {\"requirements\": {\"solutions\": " + solutions + "}}}"));
        assertThat(fromPartnerCenter.at("/view/details/requirements/solutions")).isEqualTo(expected);
        String view = "{\"name\": \"Deal\", \"details\": {\"requirements\": {\"solutions\": " + solutions + "}}}";
        assertThat(afterWriting(OPPORTUNITY, view).at("/details/requirements/solutions")).isEqualTo(expected);
        JsonNode created = mappings.run("partner-center/referral-create", json("{\"recordId\": \"1\", \"view\": " + view + "}"));
        assertThat(created.at("/details/requirements/solutions")).isEqualTo(expected);
        assertThat(created.path("target").isArray()).isTrue();
    }

    @Test
    void aRowOfSolutionsWithoutDetailsIsNoSolution() {
        JsonNode record = mappings.run(OPPORTUNITY + "-in", json("""
            {"msft_opportunity_msft_microsoftsolution_OpportunityId": [
              {"msft_microsoftsolutionid": "row-1", "msft_SolutionDetailId": null},
              {"msft_microsoftsolutionid": "row-2", "msft_SolutionDetailId": {"msft_solutionidentifier": "SOL-2",
                  "msft_solutionname": "Two"}}]}
            """));
        assertThat(record.at("/view/details/requirements/solutions"))
            .isEqualTo(json("[{\"id\": \"SOL-2\", \"name\": \"Two\", \"type\": \"Name\"}]"));
        assertThat(record.path("solutions")).isEqualTo(json("[{\"id\": \"SOL-2\", \"rowId\": \"row-2\"}]"));
        assertThat(record.path("parts")).isEqualTo(json("[\"row-1\", \"row-2\"]"));
    }

    // ---- dates, numbers, texts

    @ParameterizedTest
    @CsvSource({"2026-06-30, 2026-06-30", "2026-06-30T00:00:00Z, 2026-06-30", "2026-06-30T23:59:59.9999999Z, 2026-06-30"})
    void theCrmGetsTheDayOfADate(String date, String day) {
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            assertThat(afterWriting(kind, "{\"details\": {\"closingDateTime\": \"" + date + "\"}}").at("/details/closingDateTime").asText())
                .isEqualTo(day);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-1", "0.01", "123456789012.34", "1000000000000"})
    void numbersKeepEveryDigit(String number) {
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            JsonNode value = afterWriting(kind, "{\"details\": {\"dealValue\": " + number + ", \"currency\": \"EUR\"}}").path("details");
            assertThat(value.path("dealValue").decimalValue()).isEqualByComparingTo(number);
            assertThat(value.path("currency").asText()).isEqualTo("EUR");
        }
    }

    @Test
    void textsAreNotCut() {
        String notes = "Lörem ipsüm 東京 \\n ".repeat(2000);
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            assertThat(afterWriting(kind, "{\"details\": {\"notes\": \"" + notes + "\"}}").at("/details/notes"))
                .isEqualTo(json("\"" + notes + "\""));
        }
    }

    // ---- values of lists

    @ParameterizedTest
    @ValueSource(strings = {"WorkloadSpecificValueProposition", "CustomerTechnicalArchitecture", "ProofOfConceptOrDemo",
        "QuotesOrLicensing",
        "PostSalesCustomerSuccess", "GeneralOrOther"})
    void everyKindOfHelpTravelsBothWays(String help) {
        String view = "{\"inviteContext\": {\"assistanceRequestCode\": \"" + help + "\"}}";
        assertThat(afterWriting(OPPORTUNITY, view).at("/inviteContext/assistanceRequestCode").asText()).isEqualTo(help);
        assertThat(out(OPPORTUNITY, view).path("msft_microsoftpartnercenterhelp").isInt()).isTrue();
        assertThat(mappings.run("partner-center/referral-create", json("{\"recordId\": \"1\", \"view\": " + view + "}"))
            .at("/inviteContext/assistanceRequestCode").asText()).isEqualTo(help);
    }

    @Test
    void theKindsOfHelpAreThoseOfTheFields() throws IOException {
        String fields = Files.readString(Mappings.FOLDER.resolve("fields.yaml"));
        JsonNode spec = Mappings.read(Mappings.FOLDER.resolve(OPPORTUNITY + "-out.json"))
            .at("/0/spec/view/inviteContext/assistanceRequestCode");
        assertThat(spec.properties()).isNotEmpty().allSatisfy(help -> assertThat(fields).contains("      - " + help.getKey() + "\n"));
    }

    @ParameterizedTest
    @CsvSource({"Closed, Won, Closed, Won", "Closed, Lost, Closed, Lost", "Closed, Declined, Closed, Lost", "Closed, Expired, Closed, Lost",
        "Closed, Error, Closed, Lost", "Active, Accepted, Active, Accepted", "New, Pending, Active, Accepted",
            "Paused, Waiting, Active, Accepted"})
    void everyStatusHasItsStateInAnOpportunity(String status, String substatus, String readStatus, String readSubstatus) {
        JsonNode read = afterWriting(OPPORTUNITY, "{\"status\": \"" + status + "\", \"substatus\": \"" + substatus + "\"}");
        assertThat(read.path("status").asText() + " " + read.path("substatus").asText()).isEqualTo(readStatus + " " + readSubstatus);
    }

    @ParameterizedTest
    @CsvSource({"New, Pending, New, Pending", "New, Received, New, Pending", "Closed, Declined, Closed, Declined",
        "Closed, Lost, Closed, Declined",
        "Closed, Expired, Closed, Declined", "Paused, Waiting, New, Pending"})
    void everyStatusHasItsStateInALead(String status, String substatus, String readStatus, String readSubstatus) {
        JsonNode read = afterWriting(LEAD, "{\"status\": \"" + status + "\", \"substatus\": \"" + substatus + "\"}");
        assertThat(read.path("status").asText() + " " + read.path("substatus").asText()).isEqualTo(readStatus + " " + readSubstatus);
    }

    @Test
    void aValueThatIsNotKnownIsHandedOnAsItIsAndNeverTakenForAnother() {
        assertThat(view(OPPORTUNITY, "{\"statecode\": 7}").path("status").asInt()).isEqualTo(7);
        assertThat(view(OPPORTUNITY, "{\"msft_microsoftpartnercenterhelp\": 299600099}").at("/inviteContext/assistanceRequestCode").asInt())
            .isEqualTo(299600099);
        assertThat(view(LEAD, "{\"statecode\": 7}").path("status").asInt()).isEqualTo(7);
        assertThat(out(OPPORTUNITY, "{\"inviteContext\": {\"assistanceRequestCode\": \"SomethingNew\"}}")).isEmpty();
        assertThat(mappings.run("partner-center/referral-in", json("{\"id\": \"R\", \"status\": \"Paused\"}")).path("status").asText())
            .isEqualTo("Paused");
    }

    // ---- the mark

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {"✔ Deal|Deal", "✖ Deal|Deal", "✔Deal|Deal",
        "✖ ✔ Deal|Deal",
        "Deal ✔|Deal ✔", "D✖l|D✖l", " ✔ Deal| ✔ Deal", "✔ |''", "✖|''"})
    void marksInFrontAreNotPartOfTheName(String name, String expected) {
        assertThat(view(OPPORTUNITY, "{\"name\": \"" + name + "\"}").path("name").asText()).isEqualTo(expected);
        assertThat(view(LEAD, "{\"subject\": \"" + name + "\"}").path("name").asText()).isEqualTo(expected);
        assertThat(mappings.run(OPPORTUNITY + "-in", json("{\"name\": \"" + name + "\"}")).path("displayName").asText()).isEqualTo(name);
    }

    @Test
    void aMarkIsNeverDoubled() {
        String name = "Deal";
        for (String mark : List.of("✔ ", "✖ ", "✖ ", "✔ ", "")) {
            for (String kind : List.of(OPPORTUNITY, LEAD)) {
                String column = kind.equals(LEAD) ? "subject" : "name";
                JsonNode written = mappings.run(kind + "-out",
                    json("{\"mark\": \"" + mark + "\", \"view\": {\"name\": \"" + name + "\"}}"));
                assertThat(written.at("/record/" + column).asText()).isEqualTo(mark + "Deal");
                assertThat(view(kind, "{\"" + column + "\": \"" + mark + "Deal\"}").path("name").asText()).isEqualTo("Deal");
            }
        }
    }

    // ---- settings inside specs

    @Test
    void theDealValueColumnIsOneSettingForBothDirections() {
        try (Mappings other = Mappings.with(Map.of("cosell.deal-value-field", "new_ourvalue"))) {
            assertThat(other.run(OPPORTUNITY + "-out", json("{\"mark\": \"\", \"view\": {\"details\": {\"dealValue\": 7}}}"))
                .path("record"))
                .isEqualTo(json("{\"new_ourvalue\": 7}"));
            assertThat(other.run(OPPORTUNITY + "-in", json("{\"new_ourvalue\": 7, \"estimatedvalue\": 8}")).at("/view/details/dealValue")
                .asInt())
                .isEqualTo(7);
        }
    }

    @Test
    void currencyAndCountryColumnsAreSettingsToo() {
        try (Mappings other = Mappings.with(Map.of("cosell.deal-currency-field", "new_currencyid", "cosell.customer-country-field",
            "new_iso"))) {
            JsonNode out = other.run(OPPORTUNITY + "-out", json("{\"mark\": \"\", \"currencyBind\": \"/transactioncurrencies(1)\","
                + " \"view\": {\"customerProfile\": {\"address\": {\"country\": \"DE\"}}}}"));
            assertThat(out.path("record")).isEqualTo(json("{\"new_currencyid@odata.bind\": \"/transactioncurrencies(1)\"}"));
            assertThat(out.path("account")).isEqualTo(json("{\"new_iso\": \"DE\"}"));
            JsonNode view = other.run(OPPORTUNITY + "-in", json("{\"new_currencyid\": {\"isocurrencycode\": \"EUR\"},"
                + " \"customerid_account\": {\"new_iso\": \"DE\", \"address1_country\": \"Germany\"}}")).path("view");
            assertThat(view.at("/details/currency").asText()).isEqualTo("EUR");
            assertThat(view.at("/customerProfile/address/country").asText()).isEqualTo("DE");
        }
    }

    // ---- create and update

    @Test
    void theCreateSpecsFillOnlyWhatIsNotThere() {
        assertThat(mappings.run(OPPORTUNITY + "-create", json("{\"record\": {\"isrevenuesystemcalculated\": true}}"))
            .at("/record/isrevenuesystemcalculated").asBoolean()).isTrue();
        assertThat(mappings.run(OPPORTUNITY + "-create", json("{\"record\": {}}")).at("/record/isrevenuesystemcalculated").asBoolean(true))
            .isFalse();
        assertThat(mappings.run(LEAD + "-create", json("{\"record\": {\"companyname\": \"Fabrikam\"}}")).at("/record/lastname").asText())
            .isEqualTo("Fabrikam");
    }

    @Test
    void theUpdateSpecsPassOnAllThatIsWritten() {
        JsonNode close = mappings.run(OPPORTUNITY + "-update",
            json("{\"mark\": \"\", \"record\": {\"name\": \"x\"}, \"close\": {\"status\": 3}}"));
        assertThat(close).isEqualTo(json("{\"record\": {\"name\": \"x\"}, \"close\": {\"status\": 3}}"));
        assertThat(mappings.run(LEAD + "-update", json("{\"mark\": \"\", \"record\": {\"subject\": \"x\"}}")))
            .isEqualTo(json("{\"record\": {\"subject\": \"x\"}}"));
    }

    // ---- the worked examples of docs/mappings.md

    private void copyMappings() throws IOException {
        try (Stream<Path> files = Files.walk(Mappings.FOLDER)) {
            for (Path file : files.filter(each -> Files.isRegularFile(each) && !each.startsWith(Mappings.EXAMPLES)).toList()) {
                Path target = folder.resolve(Mappings.FOLDER.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private void edit(String file, String old, String replacement) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).containsOnlyOnce(old);
        Files.writeString(folder.resolve(file), text.replace(old, replacement));
        assertThat(Files.readString(Path.of("docs/mappings.md"))).as("the guide shows this line").contains(replacement.strip().lines()
            .filter(line -> !old.contains(line.strip())).findFirst().orElseThrow().strip());
    }

    @Test
    void aFieldOfYourOwnTravelsAfterFourLines() throws IOException {
        copyMappings();
        edit("partner-center/referral-in.json", "      \"name\": \"view.name\",\n",
            "      \"campaignId\": \"view.campaignId\",\n      \"name\": \"view.name\",\n");
        edit(OPPORTUNITY + "-in.json", "      \"description\": \"view.details.notes\",\n",
            "      \"new_campaign\": \"view.campaignId\",\n      \"description\": \"view.details.notes\",\n");
        edit(OPPORTUNITY + "-out.json", "        \"name\": \"record.name\",\n",
            "        \"campaignId\": \"record.new_campaign\",\n        \"name\": \"record.name\",\n");
        edit("fields.yaml", "  - path: /customerProfile\n", """
              - path: /campaignId
                title: Campaign
                type: text
                to-crm: always
                to-partner-center: always
                winner: crm

              - path: /customerProfile
            """);
        try (Mappings own = Mappings.in(folder)) {
            assertThat(own.run("partner-center/referral-in", json("{\"id\": \"R\", \"campaignId\": \"C1\"}")).at("/view/campaignId")
                .asText())
                .isEqualTo("C1");
            assertThat(own.run(OPPORTUNITY + "-in", json("{\"new_campaign\": \"C1\"}")).at("/view/campaignId").asText()).isEqualTo("C1");
            assertThat(own.run(OPPORTUNITY + "-out", json("{\"mark\": \"\", \"view\": {\"campaignId\": \"C1\"}}")).path("record"))
                .isEqualTo(json("{\"new_campaign\": \"C1\"}"));
        }
        byte[] fields = Files.readString(folder.resolve("fields.yaml")).getBytes(StandardCharsets.UTF_8);
        assertThat(Policy.parse(new ByteArrayInputStream(fields), "fields.yaml").fields()).anyMatch(field -> field.path()
            .equals("/campaignId"));
    }

    @Test
    void aMandatoryColumnOfYourOwnIsOneLine() throws IOException {
        copyMappings();
        edit(OPPORTUNITY + "-create.json", "\"isrevenuesystemcalculated\": false\n",
            "\"isrevenuesystemcalculated\": false,\n        \"new_leadchannel\": 100000001\n");
        try (Mappings own = Mappings.in(folder)) {
            assertThat(own.run(OPPORTUNITY + "-create", json("{\"record\": {\"name\": \"✔ Deal\"}}")).path("record"))
                .isEqualTo(json("{\"name\": \"✔ Deal\", \"isrevenuesystemcalculated\": false, \"new_leadchannel\": 100000001}"));
        }
    }

    @Test
    void aColumnCanBeLeftAloneByUpdates() throws IOException {
        copyMappings();
        edit(OPPORTUNITY + "-update.json", "\"mark\": \"\"\n",
            "\"mark\": \"\",\n      \"record\": { \"msft_microsoftpartnercenterreferrallink\": \"\" }\n");
        try (Mappings own = Mappings.in(folder)) {
            assertThat(own.run(OPPORTUNITY + "-update", json("{\"mark\": \"\", \"record\": {\"name\": \"x\","
                + " \"msft_microsoftpartnercenterreferrallink\": \"y\"}}"))).isEqualTo(json("{\"record\": {\"name\": \"x\"}}"));
        }
    }
}

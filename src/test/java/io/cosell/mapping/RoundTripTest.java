package io.cosell.mapping;

import static io.cosell.mapping.Mappings.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What goes out comes back the same: for generated documents, writing some fields to a record changes these fields of its referral view
 * and no other.
 */
class RoundTripTest {

    private static final List<String> MARKS = List.of("", "✔ ", "✖ ");
    private static final List<String> HELP = List.of("WorkloadSpecificValueProposition", "CustomerTechnicalArchitecture",
        "ProofOfConceptOrDemo", "QuotesOrLicensing", "PostSalesCustomerSuccess", "GeneralOrOther");
    private static Mappings mappings;

    @BeforeContainer
    static void start() {
        mappings = Mappings.shipped();
    }

    @AfterContainer
    static void stop() {
        mappings.close();
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void anOpportunityHoldsWhatWasWrittenAndKeepsTheRest(@ForAll("opportunityViews") ObjectNode first, @ForAll("opportunityViews") ObjectNode later,
                                                         @ForAll("marks") String mark) {
        // The customer is written when the record is made and never again.
        later.remove("customerProfile");
        check("dynamics365/opportunity", Row.opportunity(), first, later, mark);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void aLeadHoldsWhatWasWrittenAndKeepsTheRest(@ForAll("leadViews") ObjectNode first, @ForAll("leadViews") ObjectNode later,
                                                 @ForAll("marks") String mark) {
        check("dynamics365/lead", Row.lead(), first, later, mark);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void anOpportunityOfSalesforceHoldsWhatWasWrittenAndKeepsTheRest(@ForAll("salesforceOpportunityViews") ObjectNode first,
                                                                     @ForAll("salesforceOpportunityViews") ObjectNode later,
                                                                     @ForAll("marks") String mark) {
        later.remove("customerProfile");
        SalesforceRow row = SalesforceRow.opportunity();
        JsonNode before = writeToSalesforce("salesforce/opportunity", row, first, mark);
        JsonNode after = writeToSalesforce("salesforce/opportunity", row, later, mark);
        assertThat(Mappings.differences(merged(before, later), after)).isEmpty();
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void aLeadOfSalesforceHoldsWhatWasWrittenAndKeepsTheRest(@ForAll("salesforceLeadViews") ObjectNode first,
                                                             @ForAll("salesforceLeadViews") ObjectNode later, @ForAll("marks") String mark) {
        later.remove("customerProfile");
        SalesforceRow row = SalesforceRow.lead();
        JsonNode before = writeToSalesforce("salesforce/lead", row, first, mark);
        JsonNode after = writeToSalesforce("salesforce/lead", row, later, mark);
        assertThat(Mappings.differences(merged(before, later), after)).isEmpty();
    }

    private static JsonNode writeToSalesforce(String spec, SalesforceRow row, ObjectNode view, String mark) {
        ObjectNode document = JSON.createObjectNode().put("mark", mark);
        document.set("view", view);
        if (view.at("/details/currency").isTextual()) {
            document.set("currencyCode", view.at("/details/currency"));
        }
        row.write(mappings.run(spec + "-out", document), document);
        JsonNode read = mappings.run(spec + "-in", row.read());
        assertThat(read.path("displayName").asText()).startsWith(view.has("name") && spec.endsWith("opportunity") ? mark : "");
        return read.path("view");
    }

    private static void check(String spec, Row row, ObjectNode first, ObjectNode later, String mark) {
        JsonNode before = write(spec, row, first, mark);
        JsonNode after = write(spec, row, later, mark);
        assertThat(Mappings.differences(merged(before, later), after)).isEmpty();
    }

    /** The view that is read back after a document was written. */
    private static JsonNode write(String spec, Row row, ObjectNode view, String mark) {
        ObjectNode document = JSON.createObjectNode().put("mark", mark);
        document.set("view", view);
        if (view.at("/details/currency").isTextual()) {
            document.put("currencyBind", "/transactioncurrencies(00000000-0000-0000-0000-000000000002)");
        }
        row.write(mappings.run(spec + "-out", document), document);
        JsonNode read = mappings.run(spec + "-in", row.read());
        assertThat(read.path("displayName").asText()).startsWith(view.has("name") ? mark : "");
        return read.path("view");
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void aReferralThatWasMadeIsReadBackAsItWas(@ForAll("referralViews") ObjectNode view) {
        ObjectNode document = JSON.createObjectNode().put("recordId", "00000000-0000-0000-0000-000000000001");
        document.set("view", view);
        JsonNode body = mappings.run("partner-center/referral-create", document);
        boolean help = view.at("/inviteContext/assistanceRequestCode").isTextual();
        assertThat(body.path("type").asText()).isEqualTo(help ? "Shared" : "Independent");
        assertThat(body.path("externalReferenceId").asText()).isEqualTo("00000000-0000-0000-0000-000000000001");

        ObjectNode expected = view.deepCopy();
        expected.remove("inviteContext");
        boolean visible = help || view.at("/consent/consentToShareReferralWithMicrosoftSellers").asBoolean();
        expected.putObject("consent").put("consentToShareReferralWithMicrosoftSellers", visible);
        assertThat(Mappings.differences(expected, mappings.run("partner-center/referral-in", body).path("view"))).isEmpty();
    }

    /** The later view laid over the view before; what it does not name stays. */
    private static JsonNode merged(JsonNode before, ObjectNode later) {
        ObjectNode merged = before.deepCopy();
        lay(merged, later);
        if (merged.at("/details/closingDateTime").isTextual()) {
            ObjectNode details = (ObjectNode) merged.path("details");
            details.put("closingDateTime", details.path("closingDateTime").asText().substring(0, 10));
        }
        return merged;
    }

    private static void lay(ObjectNode onto, ObjectNode what) {
        what.properties().forEach(member -> {
            JsonNode there = onto.path(member.getKey());
            if (there instanceof ObjectNode object && member.getValue() instanceof ObjectNode more) {
                lay(object, more);
            } else if (there instanceof ArrayNode people && member.getKey().equals("team")) {
                lay((ObjectNode) people.get(0), (ObjectNode) member.getValue().get(0));
            } else {
                onto.set(member.getKey(), member.getValue());
            }
        });
    }

    // ---- documents; each member may be absent, and most may be null

    @Provide
    Arbitrary<String> marks() {
        return Arbitraries.of(MARKS);
    }

    @Provide
    Arbitrary<ObjectNode> opportunityViews() {
        Arbitrary<ObjectNode> states = Arbitraries.of(state("Closed", "Won", null), state("Closed", "Lost", "Canceled"));
        return Combinators.combine(open(true), states.injectNull(0.8)).as((view, state) -> state == null ? view : view.setAll(state));
    }

    @Provide
    Arbitrary<ObjectNode> leadViews() {
        Arbitrary<ObjectNode> states = Arbitraries.of(state("Closed", "Declined", "Canceled"));
        return Combinators.combine(open(false), states.injectNull(0.8)).as((view, state) -> state == null ? view : view.setAll(state));
    }

    /** What opportunities of Salesforce can hold: name and date are never empty, check boxes neither; streets are one field. */
    @Provide
    Arbitrary<ObjectNode> salesforceOpportunityViews() {
        Arbitrary<ObjectNode> states = Arbitraries.of(state("Closed", "Won", null), state("Closed", "Lost", null),
            state("New", "Pending", null), state("Active", "Accepted", null));
        return Combinators.combine(open(true), states.injectNull(0.5)).as((view, state) -> salesforce(state == null ? view : view.setAll(state)));
    }

    /** Leads of Salesforce hold notes, customer and status. */
    @Provide
    Arbitrary<ObjectNode> salesforceLeadViews() {
        return leadViews().map(view -> {
            JsonNode notes = view.at("/details/notes");
            view.remove(List.of("name", "details", "consent", "trackingInfo"));
            if (!notes.isMissingNode()) {
                view.putObject("details").set("notes", notes);
            }
            if (view.has("status")) {
                view.putNull("statusReason");
            }
            return salesforce(view);
        });
    }

    private static ObjectNode salesforce(ObjectNode view) {
        if (view.path("details") instanceof ObjectNode details && details.path("closingDateTime").isNull()) {
            details.remove("closingDateTime");
        }
        if (view.path("consent") instanceof ObjectNode consent && consent.path("consentToShareReferralWithMicrosoftSellers").isNull()) {
            consent.put("consentToShareReferralWithMicrosoftSellers", false);
        }
        if (view.at("/customerProfile/address") instanceof ObjectNode address) {
            String line1 = line(address.path("addressLine1"));
            String line2 = line(address.path("addressLine2"));
            address.set("addressLine1", line1.isEmpty() ? JSON.nullNode() : JSON.valueToTree(line1));
            if (line1.isEmpty() || line2.isEmpty()) {
                address.remove("addressLine2");
            } else {
                address.put("addressLine2", line2);
            }
        }
        return view;
    }

    private static String line(JsonNode text) {
        return text.isTextual() ? text.asText().replaceAll("[\\r\\n]", " ") : "";
    }

    private static ObjectNode state(String status, String substatus, String reason) {
        return JSON.createObjectNode().put("status", status).put("substatus", substatus).put("statusReason", reason);
    }

    private static Arbitrary<ObjectNode> open(boolean opportunity) {
        Arbitrary<ObjectNode> details = object(
            maybe("dealValue", orNull(money())),
            maybe("closingDateTime", orNull(dates())),
            maybe("notes", orNull(texts())),
            opportunity ? maybe("requirements", object(always("solutions", solutions()))) : nothing());
        Arbitrary<ObjectNode> moneyAndRest = Combinators.combine(details, Arbitraries.of("USD", "EUR", "JPY").injectNull(0.5))
            .as((members, currency) -> currency == null ? members : members.put("currency", currency));
        return object(
            maybe("name", names()),
            maybe("details", moneyAndRest),
            maybe("consent", object(always("consentToShareReferralWithMicrosoftSellers", orNull(flags())))),
            maybe("trackingInfo", object(always("microsoftMsxId", orNull(texts())))),
            opportunity ? maybe("inviteContext", object(always("assistanceRequestCode", Arbitraries.of(HELP).map(JSON::valueToTree)))) : nothing(),
            maybe("customerProfile", customers(Arbitraries.just(1))));
    }

    @Provide
    Arbitrary<ObjectNode> referralViews() {
        return object(
            maybe("name", orNull(texts())),
            maybe("details", object(
                maybe("dealValue", orNull(money())),
                maybe("currency", orNull(Arbitraries.of("USD", "EUR").map(JSON::valueToTree))),
                maybe("closingDateTime", orNull(dates())),
                maybe("notes", orNull(texts())),
                maybe("requirements", object(always("solutions", solutions())))).filter(details -> !details.isEmpty())),
            maybe("consent", object(always("consentToShareReferralWithMicrosoftSellers", orNull(flags())))),
            maybe("inviteContext", object(always("assistanceRequestCode", orNull(Arbitraries.of(HELP).map(JSON::valueToTree))))),
            maybe("customerProfile", customers(Arbitraries.integers().between(0, 3))),
            maybe("team", people(Arbitraries.integers().between(0, 3))));
    }

    private static Arbitrary<JsonNode> customers(Arbitrary<Integer> contacts) {
        return object(
            always("name", texts()),
            maybe("address", object(maybe("addressLine1", orNull(texts())), maybe("addressLine2", orNull(texts())), maybe("city", orNull(texts())),
                maybe("state", orNull(texts())), maybe("postalCode", orNull(texts())), always("country", orNull(texts())))),
            maybe("team", people(contacts))).map(node -> node);
    }

    private static Arbitrary<JsonNode> people(Arbitrary<Integer> count) {
        Arbitrary<ObjectNode> person = object(always("lastName", texts()), maybe("firstName", orNull(texts())), maybe("email", orNull(texts())),
            maybe("phoneNumber", orNull(texts())));
        return count.flatMap(size -> person.list().ofSize(size)).map(JSON::valueToTree);
    }

    private static Arbitrary<JsonNode> solutions() {
        Arbitrary<ObjectNode> solution = object(always("id", texts()), always("name", texts()), always("type", just("Name")));
        return solution.list().ofMaxSize(3).uniqueElements(each -> each.path("id").asText()).map(JSON::valueToTree);
    }

    private static Arbitrary<JsonNode> names() {
        return texts().filter(name -> !name.asText().matches("(?s)[✔✖].*"));
    }

    /** Any script, signs of JSON and of regular expressions, short and long, never blank. */
    private static Arbitrary<JsonNode> texts() {
        Arbitrary<String> texts = Arbitraries.strings().ofMinLength(1).ofMaxLength(20);
        Arbitrary<String> signs = Arbitraries.strings().withChars("✔✖ \"'\\{}[]().*+?^$|@#&-_/:,;\n\t").ofMinLength(1).ofMaxLength(12);
        Arbitrary<String> scripts = Arbitraries.strings().withCharRange('一', '丿').withCharRange('А', 'я').withCharRange('ا', 'ي').ofMinLength(1)
            .ofMaxLength(12);
        Arbitrary<String> longTexts = Arbitraries.integers().between(300, 5000).map("lorem ipsum "::repeat);
        return Arbitraries.frequencyOf(Tuple.of(4, texts), Tuple.of(4, signs), Tuple.of(4, scripts),
            Tuple.of(1, longTexts)).filter(text -> !text.isBlank()).map(JSON::valueToTree);
    }

    private static Arbitrary<JsonNode> money() {
        return Arbitraries.bigDecimals().between(new BigDecimal("-1000000000000"), new BigDecimal("1000000000000")).ofScale(2)
            .map(JSON::valueToTree);
    }

    private static Arbitrary<JsonNode> dates() {
        Arbitrary<String> days = Combinators.combine(Arbitraries.integers().between(2000, 2099), Arbitraries.integers().between(1, 12),
            Arbitraries.integers().between(1, 28)).as((year, month, day) -> String.format("%04d-%02d-%02d", year, month, day));
        return Combinators.combine(days, Arbitraries.of("", "T00:00:00Z", "T00:00:00.0000000Z")).as((day, time) -> JSON.valueToTree(day + time));
    }

    private static Arbitrary<JsonNode> flags() {
        return Arbitraries.of(true, false).map(JSON::valueToTree);
    }

    private static Arbitrary<JsonNode> just(String text) {
        return Arbitraries.just(JSON.valueToTree(text));
    }

    private static Arbitrary<JsonNode> orNull(Arbitrary<JsonNode> values) {
        return Arbitraries.frequencyOf(Tuple.of(3, values), Tuple.of(1, Arbitraries.just(JSON.nullNode())));
    }

    private static Arbitrary<ObjectNode> nothing() {
        return Arbitraries.create(JSON::createObjectNode);
    }

    private static Arbitrary<ObjectNode> always(String name, Arbitrary<? extends JsonNode> values) {
        return values.map(value -> JSON.createObjectNode().set(name, value));
    }

    private static Arbitrary<ObjectNode> maybe(String name, Arbitrary<? extends JsonNode> values) {
        return values.injectNull(0.3).map(value -> value == null ? JSON.createObjectNode() : JSON.createObjectNode().set(name, value));
    }

    @SafeVarargs
    private static Arbitrary<ObjectNode> object(Arbitrary<ObjectNode>... members) {
        return Combinators.combine(List.of(members)).as(parts -> {
            ObjectNode object = JSON.createObjectNode();
            parts.forEach(object::setAll);
            return object;
        });
    }
}

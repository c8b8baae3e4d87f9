package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What may stand in a referral, which of it may be patched, and which steps it may take: sections 2 and 3 as tables. */
final class ReferralRules {

    /** The flag that makes a deal visible to Microsoft's sellers; it cannot be taken back (section 2.6). */
    static final String SHARE_FLAG = "/consent/consentToShareReferralWithMicrosoftSellers";

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final Set<String> CURRENCIES =
        Currency.getAvailableCurrencies().stream().map(Currency::getCurrencyCode).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> TARGETS = Set.of("None", "BusinessProfileLocation", "SolutionProfile");

    /** Members only the service sets (section 2.1); a POST that sends them is taken without them. */
    static final Set<String> SET_BY_SERVICE = Set.of("id", "organizationId", "organizationName", "createdDateTime", "updatedDateTime",
        "expirationDateTime", "acceptedDateTime", "closedDateTime", "status", "substatus", "eTag", "links", "direction", "@odata.context",
        "trackingInfo", "lastModifiedVia", "createdVia", "registrations", "registrationStatus", "quality", "isSpam", "tags",
        "dealSensitivity");

    /** Members that a PUT without them leaves as they are: those of the service, and the engagement. */
    static final Set<String> KEPT_BY_PUT =
        Stream.concat(SET_BY_SERVICE.stream(), Stream.of("engagementId", "mpnId")).collect(Collectors.toUnmodifiableSet());

    /** The type of a value that may be patched (section 3.3). Numbers may come as strings. */
    enum Kind {
        TEXT(value -> value.isTextual() || value.isNull(), "a text or null"),
        NUMBER(value -> number(value) != null, "a number, or a number in a string"),
        TIME(value -> time(value) != null, "a UTC time such as 2024-11-14T00:00:00Z"),
        STAGE(value -> value.isNull() || Lists.of("stages").contains(value.asText()), "a sales stage: " + Lists.of("stages")),
        FLAG(JsonNode::isBoolean, "true or false"),
        LIST(JsonNode::isArray, "an array"),
        ITEM(JsonNode::isObject, "an object");

        private final Predicate<JsonNode> takes;
        final String words;

        Kind(Predicate<JsonNode> takes, String words) {
            this.takes = takes;
            this.words = words;
        }

        boolean takes(JsonNode value) {
            return takes.test(value);
        }

        /** The value as it is stored: numbers as numbers, times in UTC. */
        JsonNode stored(JsonNode value) {
            return switch (this) {
                case NUMBER -> Names.number(number(value));
                case TIME -> ObjectNodes.text(time(value).toInstant().toString());
                case STAGE -> value.isNull() ? value : ObjectNodes.text(value.asText());
                default -> value;
            };
        }
    }

    /** Every path a PATCH may name (sections 2.8 and 3.3). */
    static final Map<String, Kind> PATCHABLE = new TreeMap<>(Map.ofEntries(
        Map.entry("/name", Kind.TEXT),
        Map.entry("/campaignId", Kind.TEXT),
        Map.entry("/externalReferenceId", Kind.TEXT),
        Map.entry("/referralProgram", Kind.TEXT),
        Map.entry("/salesStage", Kind.STAGE),
        Map.entry("/status", Kind.TEXT),
        Map.entry("/substatus", Kind.TEXT),
        Map.entry("/statusReason", Kind.TEXT),
        Map.entry(SHARE_FLAG, Kind.FLAG),
        Map.entry("/customerProfile/team", Kind.LIST),
        Map.entry("/customerProfile/team/-", Kind.ITEM),
        Map.entry("/details/closingDateTime", Kind.TIME),
        Map.entry("/details/currency", Kind.TEXT),
        Map.entry("/details/dealValue", Kind.NUMBER),
        Map.entry("/details/notes", Kind.TEXT),
        Map.entry("/details/requirements/solutions", Kind.LIST),
        Map.entry("/details/requirements/solutions/-", Kind.ITEM),
        Map.entry("/team", Kind.LIST),
        Map.entry("/team/-", Kind.ITEM),
        Map.entry("/registrations/-", Kind.ITEM),
        Map.entry("/registrations/0/contract/startDateTime", Kind.TIME),
        Map.entry("/registrations/0/contract/endDateTime", Kind.TIME),
        Map.entry("/registrations/0/contract/signDateTime", Kind.TIME),
        Map.entry("/registrations/0/contract/term", Kind.TEXT),
        Map.entry("/registrations/0/contract/value", Kind.NUMBER),
        Map.entry("/registrations/0/solutionDetails/0/value", Kind.NUMBER),
        Map.entry("/registrations/0/solutionDetails/0/currency", Kind.TEXT),
        Map.entry("/registrations/0/solutionDetails/0/isDeployedOnAzure", Kind.FLAG),
        Map.entry("/registrations/0/solutionDetails/0/primaryDeploymentOn", Kind.TEXT),
        Map.entry("/registrations/0/solutionDetails/0/pricingModel", Kind.TEXT),
        Map.entry("/registrations/0/solutionDetails/0/marketplaceTransactionDetails/isMarketplaceTransacted", Kind.FLAG),
        Map.entry("/registrations/0/solutionDetails/0/marketplaceTransactionDetails/marketplaceTransactionDateTime", Kind.TIME)));

    /** One rule about one member: {@code holds} sees the member (missing if absent) and the whole referral. */
    private record Rule(String target, JsonPointer pointer, BiPredicate<JsonNode, JsonNode> holds, String says) {

        Rule(String target, BiPredicate<JsonNode, JsonNode> holds, String says) {
            this(target, JsonPointer.compile("/" + target.replace('.', '/')), holds, says);
        }

        Rule(String target, Predicate<JsonNode> holds, String says) {
            this(target, (value, referral) -> holds.test(value), says);
        }

        boolean isBroken(JsonNode referral) {
            return !holds.test(referral.at(pointer), referral);
        }

        /** True if a patch of {@code path} can break this rule. */
        boolean concerns(String path) {
            return (path + "/").startsWith(pointer + "/") || (pointer + "/").startsWith(path + "/");
        }

        String sentence() {
            return target + " " + says + ".";
        }
    }

    /** What a referral must hold to be created (section 3.2), and what a patched member must still hold. */
    private final List<Rule> rules;
    private final Switches switches;

    ReferralRules(Switches switches) {
        this.switches = switches;
        String requirements = "details.requirements.";
        rules = List.of(
            new Rule("type", oneOf(Set.of("Independent", "Shared")), "must be Independent or Shared"),
            new Rule("qualification", optional(oneOf(Set.of("None", "Direct", "MarketingQualified", "SalesQualified"))),
                "must be None, Direct, MarketingQualified or SalesQualified"),
            new Rule("customerProfile", JsonNode::isObject, "is required"),
            new Rule("customerProfile.name", ReferralRules::filled, "is required"),
            new Rule("customerProfile.address.addressLine1", ReferralRules::filled, "is required"),
            new Rule("customerProfile.address.city", ReferralRules::filled, "is required"),
            new Rule("customerProfile.address.country", oneOf(COUNTRIES), "must be a country code of two letters, such as US"),
            new Rule("customerProfile.size", optional(oneOf(Lists.of("sizes"))),
                "must be one of the documented sizes, such as 10to50employees"),
            new Rule("customerProfile.ids", optional(value -> value.isObject() && value.isEmpty()
                || listOf(0, 50, item -> oneOf(Set.of("Duns", "External")).test(item.path("profileType"))).test(value)),
                "must hold objects with an id and a profileType of Duns or External"),
            new Rule("consent", JsonNode::isObject, "is required"),
            new Rule("consent.consentToToShareInfoWithOthers", JsonNode::booleanValue, "must be true"),
            new Rule("consent.consentToContact", JsonNode::booleanValue, "must be true"),
            new Rule("details", JsonNode::isObject, "is required"),
            new Rule("details.dealValue", this::isDealValue, "must be a number above 0 (of 0 or more with the switch ZERO_DEAL_VALUE)"),
            new Rule("details.currency", oneOf(CURRENCIES), "must be an ISO 4217 currency code, such as USD"),
            new Rule("details.closingDateTime", Kind.TIME::takes, "must be " + Kind.TIME.words),
            new Rule(requirements + "solutions", listOf(1, 50, item -> filled(item.path("id"))),
                "must hold 1 to 50 solutions, each with an id"),
            new Rule(requirements + "solutions", each(item -> optional(oneOf(Set.of("None", "Category", "Name"))).test(item.path("type"))),
                "must each have a type of None, Category or Name"),
            new Rule(requirements + "solutions", listed(each(item -> !item.path("type").asText().equals("Category")
                || oneOf(Lists.of("solutionCategories")).test(item.path("id")))), "must have a documented id for each Category"),
            new Rule(requirements + "products", listed(ids("products")), "must be of the documented list"),
            new Rule(requirements + "services", listed(ids("services")), "must be of the documented list"),
            new Rule(requirements + "industries", listed(ids("industries")), "must be of the documented list"),
            new Rule(requirements + "additionalRequirements.attributes",
                value -> !switches.has(Switch.MARKETPLACE_INTENT_REQUIRED) || hasIntent(value),
                "must hold a CustomerMarketplaceIntent with one of the ids " + Lists.of("marketplaceIntents")),
            new Rule("team", listOf(1, 50, ReferralRules::completeMember),
                "must hold 1 to 50 people, each with firstName, lastName, phoneNumber and email"),
            new Rule("salesStage", optional(Kind.STAGE::takes), "must be " + Kind.STAGE.words),
            new Rule("inviteContext.assistanceRequestCode", optional(oneOf(Lists.of("help"))), "must be one of " + Lists.of("help")),
            new Rule("customerProfile.team",
                (value, referral) -> !asksForHelp(referral) || listOf(1, 50, item -> filled(item.path("email"))).test(value),
                "must hold a customer contact with an email address when Microsoft's help is asked"),
            new Rule("target", optional(listOf(0, 50, item -> oneOf(TARGETS).test(item.path("type")) && filled(item.path("id")))),
                "must hold objects with an id and a type of " + String.join(", ", TARGETS)),
            new Rule("statusReason", this::hasReason, "must be one of the documented reasons: for Declined and Lost "
                + Lists.of("reasonsOfLoss") + ", for Error " + Lists.of("reasonsOfError")));
    }

    private boolean isDealValue(JsonNode value) {
        BigDecimal number = number(value);
        return number != null && number.signum() >= (switches.has(Switch.ZERO_DEAL_VALUE) ? 0 : 1);
    }

    private static boolean hasIntent(JsonNode attributes) {
        return StreamSupport.stream(attributes.spliterator(), false).anyMatch(item ->
            item.path("type").asText().equals("CustomerMarketplaceIntent") && oneOf(Lists.of("marketplaceIntents")).test(item.path("id")));
    }

    private boolean hasReason(JsonNode reason, JsonNode referral) {
        return !switches.has(Switch.REASONS_CHECKED) || switch (referral.path("substatus").asText()) {
            case "Declined", "Lost" -> oneOf(Lists.of("reasonsOfLoss")).test(reason);
            case "Error" -> oneOf(Lists.of("reasonsOfError")).test(reason);
            default -> true;
        };
    }

    /** A rule that holds only while the documented lists are checked (section 2.9). */
    private Predicate<JsonNode> listed(Predicate<JsonNode> rule) {
        return value -> !switches.has(Switch.LISTS_CHECKED) || rule.test(value);
    }

    private static Predicate<JsonNode> ids(String list) {
        return each(item -> oneOf(Lists.of(list)).test(item.path("id")));
    }

    /** True if every item of a list, also of none, fits. */
    private static Predicate<JsonNode> each(Predicate<JsonNode> item) {
        return value -> StreamSupport.stream(value.spliterator(), false).allMatch(item);
    }

    /** The steps a partner may take, as {@code status/substatus} (section 2.3). Closed leads nowhere; Expired is the clock's. */
    private static final Map<String, Set<String>> STEPS = Map.of(
        "New/Pending", Set.of("New/Pending", "New/Received", "Active/Accepted", "Closed/Declined", "Closed/Error", "Closed/Won",
            "Closed/Lost"),
        "New/Received", Set.of("New/Pending", "New/Received", "Active/Accepted", "Closed/Declined", "Closed/Error", "Closed/Won",
            "Closed/Lost"),
        "Active/Accepted", Set.of("Active/Accepted", "Closed/Won", "Closed/Lost", "Closed/Error"));

    /** True if the partner may take a referral from one {@code status/substatus} to another. */
    boolean allows(String from, String to) {
        boolean early = from.startsWith("New") && Set.of("Closed/Won", "Closed/Lost").contains(to);
        return STEPS.getOrDefault(from, Set.of()).contains(to) && !(early && switches.has(Switch.ACCEPT_BEFORE_WON));
    }

    /** Checks a whole new referral; the first broken rule is a {@link Refusal} with the member as target. */
    void checkNew(JsonNode referral) {
        check(rules.stream(), referral);
    }

    /** Checks the members that these patched paths touch. */
    void checkPatched(JsonNode referral, Collection<String> paths) {
        check(rules.stream().filter(rule -> paths.stream().anyMatch(path -> rule.concerns(path)
            || path.equals("/substatus") && rule.target().equals("statusReason"))), referral);
    }

    private void check(Stream<Rule> these, JsonNode referral) {
        List<Rule> broken = these.filter(rule -> rule.isBroken(referral)).toList();
        if (!broken.isEmpty()) {
            throw new Refusal(switches.has(Switch.VALIDATION_422) ? 422 : 400, "invalidRequest", broken.get(0).target(),
                broken.stream().limit(switches.has(Switch.FIELD_ERRORS_JOINED) ? Integer.MAX_VALUE : 1).map(Rule::sentence)
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Turns the members with a patchable type into what is stored: "10000" into 10000, times into UTC. Others stay as they are. */
    static void normalise(ObjectNode referral) {
        PATCHABLE.forEach((path, kind) -> {
            JsonNode value = referral.at(path);
            if (!value.isMissingNode() && Set.of(Kind.NUMBER, Kind.TIME, Kind.STAGE).contains(kind) && kind.takes(value)) {
                ObjectNodes.put(referral, path, kind.stored(value));
            }
        });
    }

    /** True if the referral asks for Microsoft's help (section 2.6). */
    static boolean asksForHelp(JsonNode referral) {
        return filled(referral.at("/inviteContext/assistanceRequestCode"));
    }

    private static boolean completeMember(JsonNode member) {
        return List.of("firstName", "lastName", "phoneNumber", "email").stream().allMatch(name -> filled(member.path(name)));
    }

    private static boolean filled(JsonNode value) {
        return value.isTextual() && !value.textValue().isBlank();
    }

    static Predicate<JsonNode> oneOf(Set<String> words) {
        return value -> value.isTextual() && words.contains(value.textValue());
    }

    private static Predicate<JsonNode> optional(Predicate<JsonNode> rule) {
        return value -> value.isMissingNode() || value.isNull() || rule.test(value);
    }

    private static Predicate<JsonNode> listOf(int least, int most, Predicate<JsonNode> item) {
        return value -> value.isArray() && value.size() >= least && value.size() <= most
            && StreamSupport.stream(value.spliterator(), false).allMatch(item);
    }

    static BigDecimal number(JsonNode value) {
        try {
            return value.isNumber() ? value.decimalValue() : value.isTextual() ? new BigDecimal(value.textValue().trim()) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static OffsetDateTime time(JsonNode value) {
        try {
            return value.isTextual() ? OffsetDateTime.parse(value.textValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}

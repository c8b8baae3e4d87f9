package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;

/** Deal registration inside a referral (section 2.8): what may be registered, and the steps of its review. */
final class DealRegistrations {

    /** The steps of a review; Microsoft takes them, except those back to ReviewPending after an edit of the partner's. */
    static final Map<String, Set<String>> STEPS = Map.of(
        "ReviewPending", Set.of("Approved", "Passed", "Failed", "ActionRequired"),
        "Approved", Set.of("ReviewPending", "Closed"),
        "ActionRequired", Set.of("ReviewPending"),
        "Passed", Set.of("Closed"),
        "Failed", Set.of("Closed"));

    private static final BigDecimal LEAST = new BigDecimal(25_000);
    private static final BigDecimal LARGE = new BigDecimal(1_000_000);
    private static final int PERPETUAL_YEARS = 6;
    private static final BigDecimal DAYS_OF_YEAR = new BigDecimal(365);

    /**
     * What a rule sees.
     *
     * @param deal         the referral it stands in
     * @param registration the registration
     * @param microsoft    Microsoft's referral of the deal, missing if it was never invited
     */
    private record Case(JsonNode deal, JsonNode registration, JsonNode microsoft) {

        JsonNode contract() {
            return registration.path("contract");
        }

        JsonNode solution() {
            return registration.at("/solutionDetails/0");
        }

        Instant time(String name) {
            OffsetDateTime time = ReferralRules.time(contract().path(name));
            return time == null ? null : time.toInstant();
        }

        BigDecimal value() {
            return ReferralRules.number(contract().path("value"));
        }

        /** Value of one year; contracts of up to a year count whole. */
        BigDecimal annualValue() {
            long days = ChronoUnit.DAYS.between(time("startDateTime"), time("endDateTime"));
            BigDecimal years = new BigDecimal(days + 1).divide(DAYS_OF_YEAR, 4, RoundingMode.HALF_UP).max(BigDecimal.ONE);
            return value().divide(years, 2, RoundingMode.HALF_UP);
        }
    }

    /** One rule: member it is about, what must hold at a time, and how it is said. */
    private record Rule(String target, BiPredicate<Case, Instant> holds, String says) {
    }

    /** The form of a registration; always checked. */
    private static final List<Rule> FORM = List.of(
        new Rule("type", (it, now) -> it.registration().path("type").asText().equals("AzureIPCoSell"), "must be AzureIPCoSell"),
        new Rule("solutionDetails", (it, now) -> it.registration().path("solutionDetails").size() > 0, "must hold a solution"),
        new Rule("solutionDetails.0.id", (it, now) -> it.solution().path("id").isTextual(), "is required"),
        new Rule("solutionDetails.0.value", (it, now) -> positive(it.solution().path("value")), "must be a number above 0"),
        new Rule("solutionDetails.0.primaryDeploymentOn", (it, now) -> listed("registrationDeployments",
            it.solution().path("primaryDeploymentOn")), "must be one of " + Lists.of("registrationDeployments")),
        new Rule("solutionDetails.0.pricingModel", (it, now) -> listed("registrationPricing", it.solution().path("pricingModel")),
            "must be one of " + Lists.of("registrationPricing")),
        new Rule("contract", (it, now) -> it.contract().isObject(), "is required"),
        new Rule("contract.value", (it, now) -> positive(it.contract().path("value")), "must be a number above 0"),
        new Rule("contract.term", (it, now) -> listed("registrationTerms", it.contract().path("term")),
            "must be one of " + Lists.of("registrationTerms")),
        new Rule("contract.signDateTime", (it, now) -> it.time("signDateTime") != null, "must be a time"),
        new Rule("contract.startDateTime", (it, now) -> it.time("startDateTime") != null, "must be a time"),
        new Rule("contract.endDateTime", (it, now) -> it.time("endDateTime") != null, "must be a time unless the term is Perpetual"));

    /** Eligibility, dates and values as the portal checks them. */
    private static final List<Rule> PORTAL = List.of(
        new Rule("consent", (it, now) -> it.deal().at(ReferralRules.SHARE_FLAG).asBoolean(),
            "must share the deal with Microsoft's sellers: only co-sell and partner-led deals are registered"),
        new Rule("microsoft", (it, now) -> it.microsoft().isMissingNode()
            || Set.of("Accepted", "Won").contains(it.microsoft().path("substatus").asText()), "must have accepted the deal"),
        new Rule("details.dealValue", (it, now) -> !it.deal().at("/details/currency").asText().equals("USD")
            || it.deal().at("/details/dealValue").decimalValue().compareTo(LEAST) >= 0, "must be at least USD 25,000"),
        new Rule("solutionDetails.0.id", (it, now) -> it.deal().at("/details/requirements/solutions").findValuesAsText("id")
            .contains(it.solution().path("id").asText()), "must be a solution of the deal"),
        new Rule("solutionDetails.0.value", (it, now) -> ReferralRules.number(it.solution().path("value")).compareTo(it.value()) <= 0,
            "must not be above the value of the contract"),
        new Rule("contract.value", (it, now) -> it.annualValue().compareTo(LEAST) > 0, "must be above USD 25,000 a year"),
        new Rule("contract.signDateTime", (it, now) -> !it.time("signDateTime").isAfter(now), "must not lie in the future"),
        new Rule("contract.signDateTime", (it, now) -> !it.time("signDateTime").isBefore(now.minus(Duration.ofDays(60))),
            "must not lie more than 60 days back"),
        new Rule("contract.signDateTime", (it, now) -> !it.time("signDateTime").isBefore(day(it.deal().path("createdDateTime"))),
            "must not lie before the creation of the deal"),
        new Rule("contract.startDateTime", (it, now) -> !it.time("startDateTime").isBefore(now.minus(Duration.ofDays(90))),
            "must not lie more than 90 days back"),
        new Rule("contract.endDateTime", (it, now) -> !it.time("endDateTime").isBefore(it.time("startDateTime")),
            "must not lie before the start"));

    private final Switches switches;

    DealRegistrations(Switches switches) {
        this.switches = switches;
    }

    /** A registration that a program adds: approved at once, or waiting for review. */
    ObjectNode added(JsonNode sent, ObjectNode deal, JsonNode microsoft, Instant now) {
        ObjectNode registration = sent.deepCopy();
        registration.remove(List.of("id", "registrationDateTime", "status", "statusReason", "statusHistory"));
        ObjectNode whole = registration.objectNode().put("id", UUID.randomUUID().toString()).put("registrationDateTime", Times.utc(now));
        whole.putNull("statusReason");
        whole.setAll(registration);
        Duration age = Duration.between(Instant.parse(deal.path("createdDateTime").asText()),
            Instant.parse(deal.path("closedDateTime").asText()));
        if (switches.has(Switch.REGISTRATION_NEEDS_72_HOURS) && age.compareTo(Duration.ofHours(72)) < 0) {
            throw Refusal.invalid("registrations", "The deal was won within 72 hours of its creation.");
        }
        check(whole, deal, microsoft, now);
        set(whole, "ReviewPending", null, now);
        if (isApprovedAtOnce(whole, deal)) {
            set(whole, "Approved", null, now);
        }
        return whole;
    }

    /** What a program's edit of the first registration brings about: it is checked again, and reviewed again. */
    void edited(ObjectNode deal, JsonNode microsoft, Instant now) {
        ObjectNode registration = (ObjectNode) deal.at("/registrations/0");
        String status = registration.path("status").asText();
        if (!Set.of("ReviewPending", "Approved", "ActionRequired").contains(status)) {
            throw Refusal.invalid("registrations", "The registration is " + status + " and takes no further change.");
        }
        check(registration, deal, microsoft, now);
        if (status.equals("ActionRequired") || status.equals("Approved") && !isApprovedAtOnce(registration, deal)) {
            set(registration, "ReviewPending", null, now);
        }
    }

    /** A step of Microsoft's review of the newest registration. */
    void reviewed(ObjectNode deal, String status, String reason, Instant now) {
        ArrayNode all = deal.path("registrations") instanceof ArrayNode array ? array : deal.arrayNode();
        if (all.isEmpty()) {
            throw new IllegalArgumentException("The deal has no registration.");
        }
        ObjectNode registration = (ObjectNode) all.get(all.size() - 1);
        String from = registration.path("status").asText();
        if (!STEPS.getOrDefault(from, Set.of()).contains(status)) {
            throw new IllegalArgumentException("A registration cannot go from " + from + " to " + status + "; from there it goes to "
                + STEPS.getOrDefault(from, Set.of()) + ".");
        }
        set(registration, status, reason, now);
    }

    private void check(ObjectNode registration, ObjectNode deal, JsonNode microsoft, Instant now) {
        Case it = new Case(deal, registration, microsoft);
        OffsetDateTime start = ReferralRules.time(it.contract().path("startDateTime"));
        if (it.contract().path("term").asText().equals("Perpetual") && start != null) {
            ((ObjectNode) registration.get("contract")).put("endDateTime",
                start.withOffsetSameInstant(ZoneOffset.UTC).plusYears(PERPETUAL_YEARS).toInstant().toString());
        }
        check(FORM, it, now);
        if (!switches.has(Switch.REGISTRATIONS_UNCHECKED)) {
            check(PORTAL, it, now);
        }
    }

    private static void check(List<Rule> rules, Case it, Instant now) {
        rules.stream().filter(rule -> !rule.holds().test(it, now)).findFirst().ifPresent(rule -> {
            throw Refusal.invalid("registrations", "registrations: " + rule.target() + " " + rule.says() + ".");
        });
    }

    /** Approval is automatic unless the value is large, several partners take part, or it is paid as one goes. */
    private static boolean isApprovedAtOnce(JsonNode registration, JsonNode deal) {
        boolean large = ReferralRules.number(registration.at("/contract/value")).compareTo(LARGE) > 0;
        boolean partners = deal.path("target").size() > 1;
        return !large && !partners && !registration.at("/solutionDetails/0/pricingModel").asText().equals("PayAsYouGo");
    }

    private static void set(ObjectNode registration, String status, String reason, Instant now) {
        registration.put("status", status);
        registration.put("statusReason", reason);
        String name = status.substring(0, 1).toLowerCase(Locale.ROOT) + status.substring(1) + "DateTime";
        registration.withObject("/statusHistory").put(name, Times.utc(now));
    }

    private static Instant day(JsonNode time) {
        return Instant.parse(time.asText()).truncatedTo(ChronoUnit.DAYS);
    }

    private static boolean positive(JsonNode value) {
        BigDecimal number = ReferralRules.number(value);
        return number != null && number.signum() > 0;
    }

    private static boolean listed(String list, JsonNode value) {
        return Lists.of(list).contains(value.asText());
    }
}

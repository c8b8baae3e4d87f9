package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.ReferralRules.Kind;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * All referrals of a Partner Center, the partner's own and Microsoft's, and everything that can happen to them (sections 2 and 3).
 * Not thread-safe; what it hands out must not be changed.
 */
final class Referrals {

    /** Organisation id of Microsoft (section 2.6). */
    static final String MICROSOFT = "msft";

    private static final int DAYS_TO_ANSWER = 14;
    private static final Map<String, Set<String>> FITTING = Map.of(
        "New", Set.of("Pending", "Received"),
        "Active", Set.of("Accepted"),
        "Closed", Set.of("Won", "Lost", "Declined", "Expired", "Error"));

    private final PartnerCenterOptions options;
    private final ReferralRules rules;
    private final Clock clock;
    private final BiConsumer<String, String> events;
    private final Map<String, ObjectNode> own = new LinkedHashMap<>();
    private final Map<String, ObjectNode> microsofts = new LinkedHashMap<>();
    private int writes;

    /**
     * @param events takes the name of each event and the id of the referral it is about
     */
    Referrals(PartnerCenterOptions options, Clock clock, BiConsumer<String, String> events) {
        this.options = options;
        this.rules = new ReferralRules(options);
        this.clock = clock;
        this.events = events;
    }

    Collection<ObjectNode> own() {
        return own.values();
    }

    Collection<ObjectNode> microsofts() {
        return microsofts.values();
    }

    /** The partner's own referral, or Microsoft's where a switch lets it be read; otherwise a 404. */
    ObjectNode get(String id) {
        ObjectNode referral = own.get(id);
        if (referral == null && options.has(Switch.MICROSOFT_REFERRAL_READABLE)) {
            referral = microsofts.get(id);
        }
        if (referral == null) {
            throw new Refusal(404, "itemNotFound", "referral", "There is no referral " + id + " of your organisation.");
        }
        return referral;
    }

    /** POST of section 3.2: a deal of the partner's own, or, with an engagement and target msft, the invitation of Microsoft. */
    ObjectNode create(JsonNode sent) {
        if (!sent.isObject()) {
            throw Refusal.invalid("referral", "The body must be one JSON object, a referral.");
        }
        ObjectNode body = (ObjectNode) Names.wire(sent);
        ReferralRules.normalise(body);
        rules.checkNew(body);
        String engagement = body.path("engagementId").asText("");
        boolean forMicrosoft = body.path("target").findValuesAsText("id").contains(MICROSOFT);
        if (forMicrosoft == engagement.isEmpty()) {
            throw Refusal.invalid("engagementId", "engagementId is sent with target msft, to invite Microsoft to a deal, and only then.");
        }
        if (forMicrosoft && own.values().stream().noneMatch(deal -> isOf(engagement, deal) && !status(deal).equals("Closed"))) {
            throw Refusal.invalid("engagementId",
                "You have no open deal with the engagement " + engagement + " to invite Microsoft to.");
        }
        if (forMicrosoft) {
            return addMicrosofts(body, engagement);
        }
        ObjectNode deal = add(own, body, UUID.randomUUID().toString(), options.account().organizationId(),
            options.account().organizationName(), "Outgoing", "Active", "Accepted");
        if (options.has(Switch.SERVICE_INVITES_MICROSOFT) && ReferralRules.asksForHelp(deal)
            && deal.path("type").asText().equals("Shared")) {
            addMicrosofts(body, deal.path("engagementId").textValue());
        }
        return deal;
    }

    /** An inbound deal or lead from Microsoft, New/Pending; nothing is required of it. */
    ObjectNode receive(JsonNode sent) {
        ObjectNode body = (ObjectNode) Names.wire(sent);
        ReferralRules.normalise(body);
        if (body.at("/inviteContext/invitedBy").isMissingNode()) {
            ObjectNodes.put(body, "/inviteContext/invitedBy/organizationId", ObjectNodes.text(MICROSOFT));
            ObjectNodes.put(body, "/inviteContext/invitedBy/organizationName", ObjectNodes.text("Microsoft"));
        }
        return add(own, body, body.path("engagementId").asText(UUID.randomUUID().toString()), options.account().organizationId(),
            options.account().organizationName(), "Incoming", "New", "Pending");
    }

    private ObjectNode addMicrosofts(ObjectNode body, String engagement) {
        return add(microsofts, body, engagement, MICROSOFT, "Microsoft", "Incoming", "New", "Pending");
    }

    private ObjectNode add(Map<String, ObjectNode> to, ObjectNode body, String engagement, String organization, String organizationName,
                           String direction, String status, String substatus) {
        Instant now = Times.now(clock);
        ObjectNode referral = JsonNodeFactory.instance.objectNode();
        referral.put("id", UUID.randomUUID().toString());
        referral.put("engagementId", engagement);
        referral.put("organizationId", organization);
        referral.put("organizationName", organizationName);
        referral.put("direction", direction);
        referral.put("createdDateTime", Times.utc(now));
        referral.put("updatedDateTime", Times.utc(now));
        referral.put("expirationDateTime", status.equals("New") ? deadline(now) : null);
        if (status.equals("Active")) {
            referral.put("acceptedDateTime", Times.utc(now));
        }
        referral.put("status", status);
        referral.put("substatus", substatus);
        referral.putNull("externalReferenceId");
        ObjectNode wanted = body.deepCopy();
        wanted.remove(ReferralRules.SET_BY_SERVICE);
        wanted.remove("engagementId");
        referral.setAll(wanted);
        referral.put("eTag", nextTag(now));
        to.put(referral.get("id").textValue(), referral);
        raise("created", referral);
        return referral;
    }

    private static String deadline(Instant from) {
        return LocalDate.ofInstant(from, ZoneOffset.UTC).plusDays(DAYS_TO_ANSWER) + "T00:00:00Z";
    }

    /** One operation of a JSON Patch, read and allowed. */
    private record Change(String path, Kind kind, JsonNode value) {

        boolean isRegistration() {
            return path.startsWith("/registrations/");
        }
    }

    /**
     * PATCH of section 3.3, by a program.
     *
     * @param patch   JSON Patch; only add and replace
     * @param ifMatch value of If-Match, null if none was sent
     */
    ObjectNode patch(String id, JsonNode patch, String ifMatch) {
        ObjectNode before = get(id);
        if (ifMatch != null && !ifMatch.equals("*") && !ifMatch.equals(before.get("eTag").textValue())) {
            throw new Refusal(412, "preconditionFailed", "eTag", "The referral has changed since; its eTag is no longer " + ifMatch + ".");
        }
        return apply(before, changes(patch, !options.has(Switch.NAME_FROZEN)), !options.has(Switch.PATCH_RAISES_NO_EVENT));
    }

    /** The same by a person in the portal, who may always change the name. */
    ObjectNode edit(String id, Map<String, JsonNode> valueByPointer) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        valueByPointer.forEach((path, value) -> patch.addObject().put("op", path.endsWith("/-") ? "add" : "replace").put("path", path)
            .set("value", value));
        return apply(get(id), changes(patch, true), true);
    }

    private List<Change> changes(JsonNode patch, boolean namePatchable) {
        if (!patch.isArray() || patch.isEmpty()) {
            throw Refusal.invalid("referral", "The body must be a JSON Patch: an array of operations with op, path and value.");
        }
        List<Change> changes = new ArrayList<>();
        for (JsonNode sent : patch) {
            JsonNode operation = Names.wire(sent);
            String op = operation.path("op").asText();
            String path = Names.wirePointer(operation.path("path").asText());
            JsonNode value = operation.path("value");
            String target = path.replaceFirst("^/", "").replace('/', '.');
            Kind kind = ReferralRules.PATCHABLE.get(path);
            if (!op.equals("add") && !op.equals("replace")) {
                throw Refusal.invalid("op", "A patch takes the operations add and replace, not '" + op + "'.");
            }
            if (kind == null || path.equals("/name") && !namePatchable) {
                List<String> known = ReferralRules.PATCHABLE.keySet().stream()
                    .filter(other -> !other.startsWith("/registrations/0/")).toList();
                throw Refusal.invalid(target, path + " cannot be patched; these can: " + String.join(", ", known) + ".");
            }
            if (kind == Kind.ITEM && op.equals("replace")) {
                throw Refusal.invalid(target, path + " is the end of a list; use add.");
            }
            if (!kind.takes(value)) {
                throw Refusal.invalid(target, path + " must be " + kind.words + ".");
            }
            changes.add(new Change(path, kind, kind.stored(value)));
        }
        return changes;
    }

    private ObjectNode apply(ObjectNode before, List<Change> changes, boolean raises) {
        if (!own.containsKey(before.get("id").textValue())) {
            throw new Refusal(403, "accessDenied", "referral", "This referral belongs to Microsoft; you may only read it.");
        }
        boolean won = before.path("substatus").asText().equals("Won");
        for (Change change : changes) {
            if (change.isRegistration() && !won) {
                throw Refusal.invalid("registrations", "A deal is registered when it is Won.");
            }
            if (!change.isRegistration() && status(before).equals("Closed")) {
                throw illegalStep("The deal is closed as " + before.path("substatus").asText() + " and takes no further change.");
            }
        }
        ObjectNode after = before.deepCopy();
        changes.forEach(change -> ObjectNodes.put(after, change.path(),
            change.path().equals("/registrations/-") ? registration(change.value()) : change.value()));
        rules.checkPatched(after, changes.stream().map(Change::path).toList());
        checkFrozen(before, after);
        if (changes.stream().anyMatch(change -> !change.isRegistration())) {
            checkStep(before, after);
        }
        replace(after, raises);
        return after;
    }

    /** Section 2.4: sharing cannot be taken back, and the customer's contacts stay as they were shared. */
    private void checkFrozen(ObjectNode before, ObjectNode after) {
        boolean visible = before.at(ReferralRules.SHARE_FLAG).asBoolean();
        if (visible && !after.at(ReferralRules.SHARE_FLAG).asBoolean()) {
            throw Refusal.invalid("consent.consentToShareReferralWithMicrosoftSellers",
                "The deal is shared with Microsoft; that cannot be taken back.");
        }
        String engagement = before.get("engagementId").textValue();
        boolean shared = visible || microsofts.values().stream().anyMatch(other -> isOf(engagement, other));
        if (shared && !before.at("/customerProfile/team").equals(after.at("/customerProfile/team"))) {
            throw Refusal.invalid("customerProfile.team",
                "The customer's contacts cannot be changed once the deal is shared with Microsoft.");
        }
    }

    /** Section 2.3: the two words must fit each other, and the step must be one the partner may take. */
    private void checkStep(ObjectNode before, ObjectNode after) {
        if (!FITTING.getOrDefault(status(after), Set.of()).contains(after.path("substatus").asText())) {
            throw Refusal.invalid("substatus",
                "status and substatus do not fit: " + step(after) + "; known are " + FITTING + ".");
        }
        if (!rules.allows(step(before), step(after))) {
            throw illegalStep("A referral cannot go from " + step(before) + " to " + step(after) + ".");
        }
        settle(before, after);
    }

    private Refusal illegalStep(String message) {
        return new Refusal(options.refusalStatus(), "invalidRequest", "status", message);
    }

    /** Sets the times that go with a step. */
    private void settle(ObjectNode before, ObjectNode after) {
        if (status(after).equals(status(before))) {
            return;
        }
        String now = Times.utc(Times.now(clock));
        if (status(after).equals("Active")) {
            after.put("acceptedDateTime", now);
            after.putNull("expirationDateTime");
        } else if (status(after).equals("Closed")) {
            after.put("closedDateTime", now);
        }
    }

    /** Section 2.8: a new deal registration waits for review. */
    private ObjectNode registration(JsonNode sent) {
        if (!sent.path("type").asText().equals("AzureIPCoSell") || sent.path("solutionDetails").isEmpty()
            || !sent.path("contract").isObject()) {
            throw Refusal.invalid("registrations", "A registration needs type AzureIPCoSell, solutionDetails and contract.");
        }
        ObjectNode registration = sent.deepCopy();
        registration.put("id", UUID.randomUUID().toString());
        registration.put("registrationDateTime", Times.utc(Times.now(clock)));
        registration.put("status", "ReviewPending");
        return registration;
    }

    /** Section 2.3: whoever has not answered by the deadline has let the referral expire. */
    void expire() {
        Instant now = clock.instant();
        List<ObjectNode> late = Stream.concat(own.values().stream(), microsofts.values().stream())
            .filter(referral -> status(referral).equals("New"))
            .filter(referral -> !Instant.parse(referral.get("expirationDateTime").textValue()).isAfter(now))
            .toList();
        late.forEach(referral -> move(referral, "Closed", "Expired", null));
    }

    /** Microsoft accepts the newest open invitation: its sellers become visible, and the partner's deal gets Microsoft's identifier. */
    void microsoftAccepts(String engagement, String msxId, JsonNode sellers) {
        ObjectNode accepted = invitation(engagement, "New").deepCopy();
        accepted.set("team", Names.wire(sellers));
        move(accepted, "Active", "Accepted", null);
        List<ObjectNode> deals = own.values().stream().filter(deal -> isOf(engagement, deal)).map(ObjectNode::deepCopy).toList();
        for (ObjectNode deal : deals) {
            ObjectNodes.put(deal, "/trackingInfo/microsoftMsxId", ObjectNodes.text(msxId));
            replace(deal, true);
        }
    }

    void microsoftDeclines(String engagement, String reason) {
        move(invitation(engagement, "New"), "Closed", "Declined", reason);
    }

    void microsoftCloses(String engagement, String substatus, String reason) {
        move(invitation(engagement, "Active"), "Closed", substatus, reason);
    }

    private ObjectNode invitation(String engagement, String status) {
        return microsofts.values().stream().filter(referral -> isOf(engagement, referral) && status(referral).equals(status))
            .reduce((older, newer) -> newer)
            .orElseThrow(() -> new IllegalArgumentException(
                "Microsoft has no referral that is " + status + " in the engagement " + engagement + "."));
    }

    private void move(ObjectNode from, String status, String substatus, String reason) {
        ObjectNode after = from.deepCopy();
        after.put("status", status);
        after.put("substatus", substatus);
        if (reason != null) {
            after.put("statusReason", reason);
        }
        settle(from, after);
        replace(after, true);
    }

    /** Every write gives a new eTag and a later updatedDateTime, however fast writes follow each other. */
    private void replace(ObjectNode referral, boolean raises) {
        Instant last = Instant.parse(referral.get("updatedDateTime").textValue());
        Instant now = Times.now(clock);
        Instant updated = now.isAfter(last) ? now : last.plusNanos(Times.STEP_NANOS);
        referral.put("updatedDateTime", Times.utc(updated));
        referral.put("eTag", nextTag(updated));
        String id = referral.get("id").textValue();
        (own.containsKey(id) ? own : microsofts).put(id, referral);
        if (raises) {
            raise("updated", referral);
        }
    }

    /** The quotes are part of the value (section 2.1). */
    private String nextTag(Instant at) {
        return String.format("\"%08x-0000-0000-0000-%08x0000\"", ++writes, at.getEpochSecond());
    }

    /** Section 4.2: the partner hears of its own referrals, and of Microsoft's as related ones. */
    private void raise(String what, ObjectNode referral) {
        String id = referral.get("id").textValue();
        if (own.containsKey(id)) {
            events.accept("referral-" + what, id);
        } else {
            String engagement = referral.get("engagementId").textValue();
            String ownId = own.values().stream().filter(deal -> isOf(engagement, deal)).findFirst()
                .map(deal -> deal.get("id").textValue()).orElse(id);
            String about = options.has(Switch.RELATED_EVENTS_CARRY_OWN_ID) ? ownId : id;
            events.accept("related-referral-" + what, about);
        }
    }

    private static boolean isOf(String engagement, JsonNode referral) {
        return engagement.equals(referral.path("engagementId").textValue());
    }

    private static String status(JsonNode referral) {
        return referral.path("status").asText();
    }

    private static String step(JsonNode referral) {
        return status(referral) + "/" + referral.path("substatus").asText();
    }
}

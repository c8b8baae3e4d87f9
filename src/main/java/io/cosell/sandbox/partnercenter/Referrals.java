package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Account;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.ReferralRules.Kind;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * All referrals of a Partner Center, the partner's own and the other sides of its deals, and everything that can happen to them
 * (sections 2 and 3). A referral is one JSON document in a row of the store; documents are never changed in place, so what is handed
 * out must not be changed either. Not thread-safe.
 */
final class Referrals {

    /** Organisation id of Microsoft (section 2.6). */
    static final String MICROSOFT = "msft";

    /** Table of the partner's own referrals. */
    static final String OWN = "referral";
    /** Table of what belongs to the other sides of its deals: Microsoft's referrals, and those of invited partners. */
    static final String OTHERS = "microsoft-referral";

    /** Who writes: a program, a person of the partner's in the portal, Microsoft, another partner, the passing of time. */
    static final String APPLICATION = "application";
    static final String PARTNER = "partner";
    static final String ANOTHER_PARTNER = "another-partner";
    static final String CLOCK = "clock";

    private static final String MICROSOFT_PERSON = "microsoft";
    private static final String DOCUMENT = "document";
    private static final String ACKNOWLEDGED = "acknowledged";
    private static final BigDecimal LEAST_VALUE = new BigDecimal(25_000);
    private static final Map<String, Set<String>> FITTING = Map.of(
        "New", Set.of("Pending", "Received"),
        "Active", Set.of("Accepted"),
        "Closed", Set.of("Won", "Lost", "Declined", "Expired", "Error"));

    /** Members that keep their first value (section 2.4), whatever a PUT says. */
    private static final List<String> FROZEN = List.of("/customerProfile/name", "/customerProfile/address", "/customerProfile/ids",
        "/consent/consentToToShareInfoWithOthers", "/consent/consentToContact", "/mpnId", "/type", "/qualification");
    /** Members that keep their value once the deal is shared (sections 2.4 and 2.6). */
    private static final List<String> FROZEN_ONCE_SHARED = List.of("/customerProfile/team", "/inviteContext/assistanceRequestCode",
        "/inviteContext/notes");

    /**
     * Something that the clock will bring about.
     *
     * @param answer what Microsoft answers; null for the expiry
     */
    private record Due(Instant at, long number, Ref referral, MicrosoftAnswer answer) {
    }

    private final Account account;
    private final Switches switches;
    private final ReferralRules rules;
    private final DealRegistrations registrations;
    private final Clock clock;
    private final Consumer<Change> changes;
    private Store store;
    private final Map<String, Set<Ref>> engagements = new HashMap<>();
    private final PriorityQueue<Due> agenda = new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
    private final Map<String, MicrosoftAnswer> answers = new LinkedHashMap<>();
    private MicrosoftAnswer usualAnswer;
    private Instant moment;
    private long dues;
    private long writes;

    /**
     * @param changes takes every write that has ended well
     */
    Referrals(PartnerCenterOptions options, Switches switches, Clock clock, Consumer<Change> changes) {
        account = options.account();
        usualAnswer = options.microsoftAnswer();
        this.switches = switches;
        rules = new ReferralRules(switches);
        registrations = new DealRegistrations(switches);
        this.clock = clock;
        this.changes = changes;
        store = newStore();
    }

    private Store newStore() {
        return new Store(null, 0, written -> written.forEach(changes));
    }

    // ---- reading

    static ObjectNode document(Row row) {
        return (ObjectNode) row.get(DOCUMENT);
    }

    /** When the partner acknowledged a referral, null if it never did. */
    static String acknowledged(Row row) {
        return (String) row.get(ACKNOWLEDGED);
    }

    /** The rows of a table, oldest first. */
    List<Row> rows(String table) {
        return store.rows(table);
    }

    /** All referrals of a table, oldest first. */
    Stream<ObjectNode> all(String table) {
        return store.rows(table).stream().map(Referrals::document);
    }

    /** The referrals of an engagement in a table, oldest first. */
    Stream<ObjectNode> of(String engagement, String table) {
        return engagements.getOrDefault(engagement, Set.of()).stream().filter(ref -> ref.table().equals(table))
            .map(ref -> store.find(table, ref.id())).filter(row -> row != null).map(Referrals::document);
    }

    /** The referral with this id, the partner's or another side's; null if there is none. */
    ObjectNode find(String id) {
        Row row = row(id);
        return row == null ? null : document(row);
    }

    private Row row(String id) {
        Row own = store.find(OWN, id);
        return own == null ? store.find(OTHERS, id) : own;
    }

    /**
     * The partner's own referral, or Microsoft's where a switch lets it be read.
     *
     * @param sees which of the partner's deals the caller may see
     * @throws Refusal 404 for what is not there or not the partner's, 403 for what the caller may not see
     */
    ObjectNode get(String id, Predicate<JsonNode> sees) {
        return document(readable(id, sees));
    }

    private Row readable(String id, Predicate<JsonNode> sees) {
        Row row = row(id);
        boolean hidden = row == null || row.table().equals(OTHERS) && !switches.has(Switch.MICROSOFT_REFERRAL_READABLE)
            || switches.has(Switch.NO_MARKETPLACE_LEADS) && Category.of(document(row)) == Category.MARKETPLACE_LEAD;
        if (hidden) {
            throw new Refusal(404, "itemNotFound", "referral", "There is no referral " + id + " of your organisation.");
        }
        boolean seen = row.table().equals(OWN) ? sees.test(document(row)) : of(engagement(document(row)), OWN).anyMatch(sees);
        if (!seen) {
            throw Refusal.denied("referral", "The user's role, or its locations, do not reach the referral " + id + ".");
        }
        return row;
    }

    // ---- making

    /**
     * POST of section 3.2: a deal of the partner's own, or, with its engagement and a target other than a solution, the invitation of
     * Microsoft or of another partner.
     *
     * @param locate puts the deal into a location, or refuses it
     */
    ObjectNode create(JsonNode sent, Consumer<ObjectNode> locate, String by) {
        if (!sent.isObject()) {
            throw Refusal.invalid("referral", "The body must be one JSON object, a referral.");
        }
        ObjectNode body = (ObjectNode) Names.wire(sent);
        ReferralRules.normalise(body);
        locate.accept(body);
        rules.checkNew(body);
        String engagement = body.path("engagementId").asText("");
        String invited = StreamSupport.stream(body.path("target").spliterator(), false)
            .filter(target -> target.path("type").asText().equals("BusinessProfileLocation"))
            .map(target -> target.path("id").asText()).findFirst().orElse("");
        boolean invites = invited.equals(MICROSOFT) || !engagement.isEmpty() && !invited.isEmpty();
        if (invites == engagement.isEmpty()) {
            throw Refusal.invalid("engagementId",
                "engagementId is sent with a target msft or of another partner, to invite them to a deal, and only then.");
        }
        if (invites && of(engagement, OWN).noneMatch(deal -> !status(deal).equals("Closed"))) {
            throw Refusal.invalid("engagementId",
                "You have no open deal with the engagement " + engagement + " to invite anybody to.");
        }
        if (invites) {
            return store.transaction(() -> invite(body, engagement, invited, by));
        }
        return store.transaction(() -> {
            ObjectNode deal = add(OWN, body, UUID.randomUUID().toString(), account.organizationId(), account.organizationName(), "Outgoing",
                by);
            if (switches.has(Switch.SERVICE_INVITES_MICROSOFT) && ReferralRules.asksForHelp(deal)
                && deal.path("type").asText().equals("Shared")) {
                invite(body, engagement(deal), MICROSOFT, by);
            }
            return deal;
        });
    }

    /**
     * An inbound deal or lead, New/Pending; nothing is required of it.
     *
     * @param organization     id of who sends it, {@code msft} for Microsoft
     * @param organizationName name that goes with it
     */
    ObjectNode receive(JsonNode sent, String organization, String organizationName) {
        ObjectNode body = (ObjectNode) Names.wire(sent);
        ReferralRules.normalise(body);
        if (body.at("/inviteContext/invitedBy").isMissingNode()) {
            ObjectNodes.put(body, "/inviteContext/invitedBy/organizationId", ObjectNodes.text(organization));
            ObjectNodes.put(body, "/inviteContext/invitedBy/organizationName", ObjectNodes.text(organizationName));
        }
        String by = organization.equals(MICROSOFT) ? MICROSOFT_PERSON : ANOTHER_PARTNER;
        return store.transaction(() -> add(OWN, body, body.path("engagementId").asText(UUID.randomUUID().toString()),
            account.organizationId(), account.organizationName(), "Incoming", by));
    }

    private ObjectNode invite(ObjectNode body, String engagement, String invited, String by) {
        boolean microsoft = invited.equals(MICROSOFT);
        ObjectNode invitation = add(OTHERS, body, engagement, invited, microsoft ? "Microsoft" : "Invited partner", "Incoming", by);
        if (microsoft) {
            plan(invitation, answers.getOrDefault(engagement, usualAnswer));
        }
        return invitation;
    }

    private ObjectNode add(String table, ObjectNode body, String engagement, String organization, String organizationName,
                           String direction, String by) {
        boolean open = direction.equals("Outgoing");
        String now = Times.utc(now());
        ObjectNode referral = JsonNodeFactory.instance.objectNode();
        referral.put("id", UUID.randomUUID().toString());
        referral.put("engagementId", engagement);
        referral.put("organizationId", organization);
        referral.put("organizationName", organizationName);
        referral.put("direction", direction);
        referral.put("createdDateTime", now);
        referral.put("updatedDateTime", now);
        referral.put("expirationDateTime", open ? null : deadline(now()));
        if (open) {
            referral.put("acceptedDateTime", now);
        }
        referral.put("status", open ? "Active" : "New");
        referral.put("substatus", open ? "Accepted" : "Pending");
        referral.putNull("externalReferenceId");
        referral.putNull("statusReason");
        ObjectNode wanted = body.deepCopy();
        wanted.remove(ReferralRules.SET_BY_SERVICE);
        wanted.remove("engagementId");
        referral.setAll(wanted);
        referral.put("eTag", nextTag(now()));
        Map<String, Object> written = new LinkedHashMap<>();
        referral.properties().forEach(member -> written.put(member.getKey(), member.getValue()));
        note(by, "Create", keep(table, referral, null), written);
        return referral;
    }

    /** Writes a document, and what follows from it: its place in its engagement, and its deadline. */
    private Row keep(String table, ObjectNode referral, String acknowledged) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(DOCUMENT, referral);
        if (acknowledged != null) {
            values.put(ACKNOWLEDGED, acknowledged);
        }
        Row row = store.put(table, referral.get("id").textValue(), values);
        Ref ref = new Ref(table, row.id());
        if (engagements.computeIfAbsent(engagement(referral), engagement -> new LinkedHashSet<>()).add(ref)
            && status(referral).equals("New")) {
            agenda.add(new Due(Instant.parse(referral.get("expirationDateTime").textValue()), ++dues, ref, null));
        }
        return row;
    }

    private String deadline(Instant from) {
        int days = switches.has(Switch.EXPIRES_AFTER_8_DAYS) ? 8 : 14;
        return LocalDate.ofInstant(from, ZoneOffset.UTC).plusDays(days) + "T00:00:00Z";
    }

    private Instant now() {
        return moment == null ? Times.now(clock) : moment;
    }

    private void note(String by, String message, Row row, Map<String, Object> written) {
        store.note(new Change(new Caller(by, null), message, row, written));
    }

    // ---- changing

    /** One operation of a JSON Patch, read and allowed. */
    private record Edit(String path, JsonNode value) {

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
    ObjectNode patch(String id, JsonNode patch, String ifMatch, Predicate<JsonNode> sees) {
        Row row = readable(id, sees);
        checkTag(document(row), ifMatch);
        return apply(row, edits(patch, !switches.has(Switch.NAME_FROZEN)), APPLICATION);
    }

    /** The same by a person in the portal, who may always change the name. */
    void edit(String id, Map<String, JsonNode> valueByPointer) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        valueByPointer.forEach((path, value) -> patch.addObject().put("op", path.endsWith("/-") ? "add" : "replace").put("path", path)
            .set("value", value));
        apply(readable(id, any -> true), edits(patch, true), PARTNER);
    }

    private void checkTag(ObjectNode referral, String ifMatch) {
        if (ifMatch != null && !ifMatch.equals("*") && !ifMatch.equals(referral.get("eTag").textValue())) {
            String code = switches.has(Switch.STALE_TAG_IS_RESOURCE_MODIFIED) ? "resourceModified" : "preconditionFailed";
            throw new Refusal(412, code, "eTag", "The referral has changed since; its eTag is no longer " + ifMatch + ".");
        }
    }

    private static List<Edit> edits(JsonNode patch, boolean namePatchable) {
        if (!patch.isArray() || patch.isEmpty()) {
            throw Refusal.invalid("referral", "The body must be a JSON Patch: an array of operations with op, path and value.");
        }
        List<Edit> edits = new ArrayList<>();
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
            edits.add(new Edit(path, kind.stored(value)));
        }
        return edits;
    }

    private ObjectNode apply(Row row, List<Edit> edits, String by) {
        ObjectNode before = document(row);
        checkOwn(row);
        boolean won = before.path("substatus").asText().equals("Won");
        if (!won && edits.stream().anyMatch(Edit::isRegistration)) {
            throw Refusal.invalid("registrations", "A deal is registered when it is Won.");
        }
        boolean plain = edits.stream().anyMatch(edit -> !edit.isRegistration());
        if (plain) {
            checkOpen(before);
        }
        ObjectNode after = before.deepCopy();
        JsonNode microsoft = of(engagement(before), OTHERS).filter(Referrals::isMicrosofts).reduce((older, newer) -> newer)
            .map(JsonNode.class::cast).orElse(MissingNode.getInstance());
        edits.forEach(edit -> ObjectNodes.put(after, edit.path(), edit.path().equals("/registrations/-")
            ? registrations.added(edit.value(), after, microsoft, now()) : edit.value()));
        if (edits.stream().anyMatch(edit -> edit.path().startsWith("/registrations/0/"))) {
            registrations.edited(after, microsoft, now());
        }
        showRegistration(after);
        rules.checkPatched(after, edits.stream().map(Edit::path).toList());
        checkShared(before, after);
        if (plain) {
            checkStep(before, after);
        }
        Map<String, Object> written = new LinkedHashMap<>();
        edits.forEach(edit -> written.put(edit.path(), edit.value()));
        return replace(row, after, by, written);
    }

    /**
     * PUT of section 3: the whole referral anew. What only the service sets is left as it is, what is frozen must be sent unchanged.
     */
    ObjectNode put(String id, JsonNode sent, String ifMatch, Predicate<JsonNode> sees) {
        Row row = readable(id, sees);
        checkOwn(row);
        if (!sent.isObject()) {
            throw Refusal.invalid("referral", "The body must be one JSON object, the whole referral.");
        }
        ObjectNode body = (ObjectNode) Names.wire(sent);
        if (body.has("links")) {
            throw Refusal.invalid("links", "Take links out of the body of a PUT.");
        }
        if (ifMatch == null) {
            throw Refusal.invalid("If-Match", "A PUT needs If-Match with the eTag of the referral.");
        }
        ObjectNode before = document(row);
        checkTag(before, ifMatch);
        checkOpen(before);
        ReferralRules.normalise(body);
        ObjectNode after = before.deepCopy();
        Set<String> settable = Set.of("status", "substatus");
        ReferralRules.SET_BY_SERVICE.stream().filter(name -> !settable.contains(name)).forEach(body::remove);
        body.remove("engagementId");
        after.retain(ReferralRules.KEPT_BY_PUT);
        after.setAll(body);
        List<String> changed = Stream.concat(names(before), names(after)).distinct()
            .filter(name -> !before.path(name).equals(after.path(name))).map(name -> "/" + name).toList();
        FROZEN.stream().filter(path -> !before.at(path).equals(after.at(path))).findFirst().ifPresent(path -> {
            throw Refusal.invalid(path.substring(1).replace('/', '.'), path + " is fixed when a referral is made.");
        });
        rules.checkPatched(after, changed);
        checkShared(before, after);
        checkStep(before, after);
        Map<String, Object> written = new LinkedHashMap<>();
        changed.forEach(path -> written.put(path, after.at(path).isMissingNode() ? null : after.at(path)));
        return replace(row, after, APPLICATION, written);
    }

    private static Stream<String> names(ObjectNode referral) {
        List<String> names = new ArrayList<>();
        referral.fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    /** DELETE, which no document describes; there only with a switch. */
    void delete(String id, Predicate<JsonNode> sees) {
        Row row = readable(id, sees);
        checkOwn(row);
        store.transaction(() -> {
            store.remove(row);
            note(APPLICATION, "Delete", row, Map.of());
            return row;
        });
    }

    private static void checkOwn(Row row) {
        if (!row.table().equals(OWN)) {
            throw Refusal.denied("referral", "This referral belongs to " + document(row).path("organizationName").asText()
                + "; you may only read it.");
        }
    }

    private void checkOpen(ObjectNode referral) {
        if (status(referral).equals("Closed")) {
            throw illegalStep("The deal is closed as " + referral.path("substatus").asText() + " and takes no further change.");
        }
    }

    /** Sections 2.4 and 2.6: sharing cannot be taken back, and what Microsoft was told stays. */
    private void checkShared(ObjectNode before, ObjectNode after) {
        boolean visible = before.at(ReferralRules.SHARE_FLAG).asBoolean();
        if (visible && !after.at(ReferralRules.SHARE_FLAG).asBoolean()) {
            throw Refusal.invalid("consent.consentToShareReferralWithMicrosoftSellers",
                "The deal is shared with Microsoft; that cannot be taken back.");
        }
        boolean shared = visible || of(engagement(before), OTHERS).anyMatch(Referrals::isMicrosofts);
        FROZEN_ONCE_SHARED.stream().filter(path -> shared && !before.at(path).equals(after.at(path))).findFirst().ifPresent(path -> {
            throw Refusal.invalid(path.substring(1).replace('/', '.'), path + " cannot be changed once the deal is shared with Microsoft.");
        });
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
        int status = switches.has(Switch.REFUSAL_409) ? 409 : switches.has(Switch.REFUSAL_422) ? 422 : 400;
        return new Refusal(status, "invalidRequest", "status", message);
    }

    /** Sets the times that go with a step. */
    private void settle(ObjectNode before, ObjectNode after) {
        if (status(after).equals(status(before))) {
            return;
        }
        String now = Times.utc(now());
        if (status(after).equals("Active")) {
            after.put("acceptedDateTime", now);
            after.putNull("expirationDateTime");
        } else if (status(after).equals("Closed")) {
            after.put("closedDateTime", now);
        }
    }

    /** Every write gives a new eTag and a later updatedDateTime, however fast writes follow each other. */
    private ObjectNode replace(Row row, ObjectNode after, String by, Map<String, Object> written) {
        Instant last = Instant.parse(document(row).get("updatedDateTime").textValue());
        Instant updated = now().isAfter(last) ? now() : last.plusNanos(Times.STEP_NANOS);
        after.put("updatedDateTime", Times.utc(updated));
        after.put("eTag", nextTag(updated));
        boolean read = status(document(row)).equals("New") && Set.of("New/Received", "Active/Accepted").contains(step(after));
        String acknowledged = acknowledged(row) == null && read ? Times.utc(updated) : acknowledged(row);
        store.transaction(() -> {
            note(by, "Update", keep(row.table(), after, acknowledged), written);
            return row;
        });
        return after;
    }

    /** The quotes are part of the value (section 2.1). */
    private String nextTag(Instant at) {
        return String.format("\"%08x-0000-0000-0000-%08x0000\"", ++writes, at.getEpochSecond());
    }

    // ---- Microsoft, other partners, and time

    /** Other answers of Microsoft's by itself: of one engagement, also to an invitation that is open, or of all later ones (null). */
    void answer(String engagement, MicrosoftAnswer answer) {
        if (engagement == null) {
            usualAnswer = answer;
            return;
        }
        answers.put(engagement, answer);
        of(engagement, OTHERS).filter(Referrals::isMicrosofts).filter(referral -> status(referral).equals("New"))
            .forEach(invitation -> {
                agenda.removeIf(due -> due.answer() != null && due.referral().id().equals(invitation.get("id").textValue()));
                plan(invitation, answer);
            });
    }

    private void plan(ObjectNode invitation, MicrosoftAnswer answer) {
        if (answer.answer() != MicrosoftAnswer.Kind.SILENCE) {
            agenda.add(new Due(now().plus(answer.after()), ++dues, new Ref(OTHERS, invitation.get("id").textValue()), answer));
        }
    }

    /** Section 2.3: what the clock has brought about since, in order: answers of Microsoft's, and expiry of what nobody answered. */
    void tick() {
        Instant now = clock.instant();
        while (!agenda.isEmpty() && !agenda.peek().at().isAfter(now)) {
            Due due = agenda.poll();
            Row row = store.find(due.referral().table(), due.referral().id());
            if (row != null && status(document(row)).equals("New")) {
                moment = due.at();
                try {
                    happen(row, due.answer());
                } finally {
                    moment = null;
                }
            }
        }
    }

    private void happen(Row row, MicrosoftAnswer answer) {
        if (answer == null) {
            move(row, "Closed", "Expired", null, CLOCK);
        } else if (answer.answer() == MicrosoftAnswer.Kind.ACCEPT) {
            accept(row, answer.msxId() == null ? String.format("7-%08X", row.sequence()) : answer.msxId(),
                JsonNodeFactory.instance.arrayNode());
        } else {
            move(row, "Closed", "Declined", answer.reason() == null ? usualReason(document(row)) : answer.reason(), MICROSOFT_PERSON);
        }
    }

    /** Section 2.3: no reason is shown where the value is below USD 25,000. */
    private static String usualReason(ObjectNode invitation) {
        JsonNode details = invitation.path("details");
        boolean small = details.path("currency").asText().equals("USD")
            && details.path("dealValue").decimalValue().compareTo(LEAST_VALUE) < 0;
        return small ? null : "No Microsoft seller manages this customer";
    }

    /** Microsoft accepts the newest open invitation: its sellers become visible, and the partner's deal gets Microsoft's identifier. */
    void microsoftAccepts(String engagement, String msxId, JsonNode sellers) {
        accept(invitation(engagement, "New"), msxId, sellers);
    }

    private void accept(Row invitation, String msxId, JsonNode sellers) {
        store.transaction(() -> {
            ObjectNode accepted = document(invitation).deepCopy();
            accepted.set("team", Names.wire(sellers));
            move(invitation, accepted, "Active", "Accepted", null, MICROSOFT_PERSON);
            of(engagement(accepted), OWN).toList().forEach(deal -> {
                ObjectNode after = deal.deepCopy();
                ObjectNodes.put(after, "/trackingInfo/microsoftMsxId", ObjectNodes.text(msxId));
                replace(store.find(OWN, deal.get("id").textValue()), after, MICROSOFT_PERSON,
                    Map.of("/trackingInfo/microsoftMsxId", ObjectNodes.text(msxId)));
            });
            return accepted;
        });
    }

    void microsoftDeclines(String engagement, String reason) {
        move(invitation(engagement, "New"), "Closed", "Declined", reason, MICROSOFT_PERSON);
    }

    void microsoftCloses(String engagement, String substatus, String reason) {
        move(invitation(engagement, "Active"), "Closed", substatus, reason, MICROSOFT_PERSON);
    }

    private Row invitation(String engagement, String status) {
        return of(engagement, OTHERS).filter(Referrals::isMicrosofts).filter(referral -> status(referral).equals(status))
            .reduce((older, newer) -> newer).map(referral -> store.find(OTHERS, referral.get("id").textValue()))
            .orElseThrow(() -> new IllegalArgumentException(
                "Microsoft has no referral that is " + status + " in the engagement " + engagement + "."));
    }

    /** An invited partner's answer to the invitation, on its own referral (section 2.6). */
    void invitedPartnerAnswers(String id, boolean accepts, String reason) {
        Row row = invitedPartners(id);
        if (!status(document(row)).equals("New")) {
            throw new IllegalArgumentException("The referral " + id + " is " + step(document(row)) + "; it was answered already.");
        }
        move(row, accepts ? "Active" : "Closed", accepts ? "Accepted" : "Declined", reason, ANOTHER_PARTNER);
    }

    /** An invited partner edits its own referral, as it may and the inviter may not (section 2.6). */
    void invitedPartnerEdits(String id, Map<String, JsonNode> valueByPointer) {
        Row row = invitedPartners(id);
        ObjectNode after = document(row).deepCopy();
        valueByPointer.forEach((path, value) -> ObjectNodes.put(after, path, value));
        rules.checkPatched(after, valueByPointer.keySet());
        replace(row, after, ANOTHER_PARTNER, new LinkedHashMap<>(valueByPointer));
    }

    private Row invitedPartners(String id) {
        Row row = store.find(OTHERS, id);
        if (row == null || isMicrosofts(document(row))) {
            throw new IllegalArgumentException("There is no referral " + id + " of an invited partner.");
        }
        return row;
    }

    /** A step of Microsoft's review of a deal registration (section 2.8). */
    void reviewRegistration(String id, String status, String reason) {
        Row row = store.find(OWN, id);
        if (row == null) {
            throw new IllegalArgumentException("There is no referral " + id + " of the partner's.");
        }
        ObjectNode after = document(row).deepCopy();
        registrations.reviewed(after, status, reason, now());
        showRegistration(after);
        replace(row, after, MICROSOFT_PERSON, Map.of("/registrations", after.get("registrations")));
    }

    private static void showRegistration(ObjectNode referral) {
        int size = referral.path("registrations").size();
        if (size > 0) {
            referral.set("registrationStatus", referral.at("/registrations/" + (size - 1) + "/status"));
        }
    }

    private void move(Row row, String status, String substatus, String reason, String by) {
        move(row, document(row).deepCopy(), status, substatus, reason, by);
    }

    private void move(Row row, ObjectNode after, String status, String substatus, String reason, String by) {
        after.put("status", status);
        after.put("substatus", substatus);
        Map<String, Object> written = new LinkedHashMap<>(Map.of("/status", after.get("status"), "/substatus", after.get("substatus")));
        if (reason != null) {
            after.put("statusReason", reason);
            written.put("/statusReason", after.get("statusReason"));
        }
        settle(document(row), after);
        replace(row, after, by, written);
    }

    // ---- export and import

    /** Every referral and what the clock will bring about. */
    ObjectNode state() {
        ObjectNode state = JsonNodeFactory.instance.objectNode().put("writes", writes);
        for (String table : List.of(OWN, OTHERS)) {
            ArrayNode rows = state.putArray(table);
            store.rows(table).forEach(row -> {
                ObjectNode shown = rows.addObject();
                shown.set(DOCUMENT, document(row));
                shown.put(ACKNOWLEDGED, acknowledged(row));
            });
        }
        state.set("microsoftAnswers", usualAnswer.json());
        ObjectNode byEngagement = state.putObject("microsoftAnswersByEngagement");
        answers.forEach((engagement, answer) -> byEngagement.set(engagement, answer.json()));
        ArrayNode planned = state.putArray("planned");
        agenda.stream().filter(due -> due.answer() != null).sorted(agenda.comparator()).forEach(due ->
            planned.addObject().put("at", due.at().toString()).put("referral", due.referral().id()).set("answer", due.answer().json()));
        return state;
    }

    /** Takes what {@link #state} gave instead of what is here. Tells nobody. */
    void restore(JsonNode state) {
        Stream.of(OWN, OTHERS).flatMap(table -> StreamSupport.stream(state.path(table).spliterator(), false)).forEach(row -> {
            boolean whole = Stream.of("id", "engagementId", "createdDateTime", "updatedDateTime", "status", "eTag")
                .allMatch(name -> row.path(DOCUMENT).path(name).isTextual());
            if (!whole) {
                throw new IllegalArgumentException("No referral of a sandbox: " + row);
            }
        });
        MicrosoftAnswer usual = MicrosoftAnswer.of(state.path("microsoftAnswers"));
        Map<String, MicrosoftAnswer> byEngagement = new LinkedHashMap<>();
        state.path("microsoftAnswersByEngagement").properties()
            .forEach(answer -> byEngagement.put(answer.getKey(), MicrosoftAnswer.of(answer.getValue())));
        List<Due> planned = StreamSupport.stream(state.path("planned").spliterator(), false)
            .map(due -> new Due(Instant.parse(due.path("at").asText()), ++dues, new Ref(OTHERS, due.path("referral").asText()),
                MicrosoftAnswer.of(due.path("answer")))).toList();
        store = newStore();
        engagements.clear();
        agenda.clear();
        answers.clear();
        answers.putAll(byEngagement);
        usualAnswer = usual;
        writes = state.path("writes").asLong();
        for (String table : List.of(OWN, OTHERS)) {
            state.path(table).forEach(row -> keep(table, ((ObjectNode) row.get(DOCUMENT)).deepCopy(), row.path(ACKNOWLEDGED).textValue()));
        }
        agenda.addAll(planned);
    }

    // ---- words

    static boolean isMicrosofts(JsonNode referral) {
        return referral.path("organizationId").asText().equals(MICROSOFT);
    }

    static String engagement(JsonNode referral) {
        return referral.get("engagementId").textValue();
    }

    private static String status(JsonNode referral) {
        return referral.path("status").asText();
    }

    private static String step(JsonNode referral) {
        return status(referral) + "/" + referral.path("substatus").asText();
    }
}

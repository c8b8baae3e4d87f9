package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What the signed-in user may see and do: the table of section 1.2. A program works with this user's rights; people in the portal are
 * other users and may do everything. Not thread-safe.
 */
final class Access {

    /** The roles that reach referrals. */
    enum Role {
        /** Reads and edits every deal. */
        ADMIN,
        /** Reads and edits the deals whose team lists the user. */
        USER,
        /** No referral role: 403. */
        NONE
    }

    /**
     * Rights.
     *
     * @param role      the referral role
     * @param locations partner ids the role is limited to; empty for the whole company
     * @param registers whether the user may register for events (section 4.1)
     */
    record Rights(Role role, Set<String> locations, boolean registers) {

        static Rights of(JsonNode json) {
            List<String> words = Arrays.stream(Role.values()).map(role -> role.name().toLowerCase(Locale.ROOT)).toList();
            String role = json.path("role").asText("admin");
            if (!words.contains(role)) {
                throw new IllegalArgumentException("role must be one of " + words + ", not '" + role + "'.");
            }
            Set<String> locations = StreamSupport.stream(json.path("locations").spliterator(), false).map(JsonNode::asText)
                .collect(Collectors.toCollection(LinkedHashSet::new));
            return new Rights(Role.valueOf(role.toUpperCase(Locale.ROOT)), locations, json.path("registers").asBoolean(true));
        }

        ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("role", role.name().toLowerCase(Locale.ROOT))
                .put("registers", registers);
            locations.forEach(json.putArray("locations")::add);
            return json;
        }
    }

    private final String user;
    private Rights rights = new Rights(Role.ADMIN, Set.of(), true);
    private Rights next;
    private Instant from;

    /**
     * @param user the user's e-mail address, by which a deal's team lists them
     */
    Access(String user) {
        this.user = user;
    }

    /** Other rights from a time on: a change may take up to an hour to show. */
    void change(Rights other, Instant at) {
        next = other;
        from = at;
    }

    /** Takes up rights whose time has come. */
    void tick(Instant now) {
        if (next != null && !from.isAfter(now)) {
            rights = next;
            next = null;
        }
    }

    /** Refuses whoever has no referral role. */
    void checkRole() {
        if (rights.role() == Role.NONE) {
            throw Refusal.denied("referral", "The user has neither the role Referrals admin nor Referrals user.");
        }
    }

    /** Refuses whoever may not register for events. */
    void checkRegisters() {
        if (!rights.registers()) {
            throw Refusal.denied("registration", "The user has no role that may register for events.");
        }
    }

    /** True if the user may read and edit this deal of the partner's. */
    boolean sees(JsonNode referral) {
        if (rights.locations().isEmpty() && rights.role() == Role.ADMIN) {
            return true;
        }
        boolean here = rights.locations().isEmpty() || rights.locations().contains(referral.path("mpnId").asText());
        return here && (rights.role() == Role.ADMIN || StreamSupport.stream(referral.path("team").spliterator(), false)
            .anyMatch(member -> member.path("email").asText().equalsIgnoreCase(user)));
    }

    /** Refuses a new deal of a location that is not the user's; one without a location gets the user's first. */
    void locate(ObjectNode referral) {
        if (rights.locations().isEmpty()) {
            return;
        }
        if (referral.path("mpnId").asText("").isEmpty()) {
            referral.put("mpnId", rights.locations().iterator().next());
        } else if (!rights.locations().contains(referral.path("mpnId").asText())) {
            throw Refusal.denied("mpnId", "The user may make deals of the locations " + rights.locations() + " only.");
        }
    }

    /** The rights, those to come included. */
    ObjectNode json() {
        ObjectNode json = rights.json();
        if (next != null) {
            json.put("from", from.toString()).set("next", next.json());
        }
        return json;
    }

    /** Takes what {@link #json} gave. */
    void restore(JsonNode json) {
        rights = Rights.of(json);
        next = json.has("next") ? Rights.of(json.get("next")) : null;
        from = json.has("next") ? Instant.parse(json.path("from").asText()) : null;
    }
}

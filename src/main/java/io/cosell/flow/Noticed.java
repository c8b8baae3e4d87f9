package io.cosell.flow;

import io.cosell.store.Link;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Saves the call that reads a record of which a poll has already brought the row: the record as last seen, with what the row says is
 * different. What the record takes from other tables stays as last seen, as long as the row points at the same rows there. Where this
 * can't be told for certain, the record has to be read. Bean {@code noticed}; pure.
 */
public final class Noticed {

    /** Members that every record has of its own row alone, beside its view. */
    private static final List<String> OWN = List.of("etag", "revision", "status", "sync", "referralId", "audit", "displayName");
    /** What inviting Microsoft takes of a record comes from other tables, and people may have completed it there. */
    private static final String HELP = "inviteContext";
    private static final Object ABSENT = new Object();

    /** Not to be told from the row alone. */
    private static final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        Unknown() {
            super(null, null, false, false);
        }
    }

    /** Whether a row may stand for the record at all: the deal is in step, and nothing of it was refused or left half-way. */
    public boolean mayServe(Link link) {
        return link.noticed() != null && link.record() != null && link.base() != null && link.intent() == null && link.told() == null
            && link.state().equals("linked") && Objects.equals(link.recordKind(), link.record().get("kind"));
    }

    /**
     * The record as a reading would give it.
     *
     * @param link the deal, with the record as last seen
     * @param row  the record as its row alone tells it
     * @return null if the record has to be read
     */
    public Map<String, Object> record(Link link, Map<String, Object> row) {
        Map<String, Object> seen = link.record();
        if (Objects.equals(seen.get("etag"), row.get("etag"))) {
            return seen;
        }
        if (!isNewer(row, seen) || row.get("lookups") == null || !row.get("lookups").equals(seen.get("lookups"))
            || !Objects.equals(row.get("opportunityId"), seen.get("opportunityId")) || row.get("mergedInto") != null
            || !(seen.get("row") instanceof Map<?, ?> before) || !(row.get("view") instanceof Map<?, ?> now)
            || !Objects.equals(before.get(HELP), now.get(HELP))) {
            return null;
        }
        try {
            Map<String, Object> record = new LinkedHashMap<>(seen);
            record.put("view", changed(seen.get("view"), before, now));
            record.put("row", now);
            OWN.stream().filter(row::containsKey).forEach(member -> record.put(member, row.get(member)));
            return record;
        } catch (Unknown e) {
            return null;
        }
    }

    /** A poll may have been under way while the lane wrote: an older row must not pass for a seller's change. */
    private static boolean isNewer(Map<String, Object> row, Map<String, Object> seen) {
        Optional<Long> now = revision(row);
        Optional<Long> before = revision(seen);
        return now.isPresent() && before.isPresent() && now.get() > before.get();
    }

    private static Optional<Long> revision(Map<String, Object> record) {
        return record.get("revision") instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }

    /**
     * A value as it is now.
     *
     * @param seen   as last seen, with all that comes from other tables
     * @param before as the row alone told it then
     * @param now    as the row alone tells it now
     */
    private static Object changed(Object seen, Object before, Object now) throws Unknown {
        if (Objects.equals(before, now)) {
            return seen;
        }
        if (seen instanceof Map<?, ?> whole && before instanceof Map<?, ?> then && now instanceof Map<?, ?> today) {
            Map<String, Object> result = new LinkedHashMap<>();
            for (String name : names(whole, then, today)) {
                Object value = changed(member(whole, name), member(then, name), member(today, name));
                if (value != ABSENT) {
                    result.put(name, value);
                }
            }
            return result;
        }
        // A value that is made of more than the row, or a column that the row does not bring.
        if (!Objects.equals(seen, before) || now == ABSENT) {
            throw new Unknown();
        }
        return now;
    }

    private static Object member(Map<?, ?> document, String name) {
        return document.containsKey(name) ? document.get(name) : ABSENT;
    }

    private static Set<String> names(Map<?, ?>... documents) {
        Set<String> names = new LinkedHashSet<>();
        for (Map<?, ?> document : documents) {
            document.keySet().forEach(name -> names.add((String) name));
        }
        return names;
    }
}

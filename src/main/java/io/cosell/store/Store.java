package io.cosell.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * All reads and writes of the store. Each method is one transaction: what it says is on disk when it returns, or nothing of it is.
 * Bean {@code store} in the routes.
 */
public final class Store {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH").withZone(ZoneOffset.UTC);
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };
    private static final TypeReference<Map<String, JsonNode>> VALUES = new TypeReference<>() { };
    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    /** Columns a lane may set on its link; anything else in an update is a mistake of the caller. */
    private static final Set<String> SETTABLE = Set.of("referral_id", "engagement_id", "record_kind", "record_id", "state", "reason",
        "base", "intent", "referral", "record", "microsoft", "microsoft_id", "refused", "closed_seen_at", "told", "failures",
        "compared_under");

    private static final String MARKS_DONE = "marks_done = :marks, ";
    /** Under which configuration the store was last used. */
    private static final String CONFIGURATION = "configuration";
    private static final String RECORDS_OF = "records of";
    /** Characters of a date in a time of the store. */
    private static final int DAY = 10;
    /** Rows with a document that are read at a time. */
    private static final int PAGE = 500;
    private static final Duration EVENTS_KEPT = Duration.ofDays(30);
    private static final Duration ROUNDS_KEPT = Duration.ofDays(90);

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    /**
     * @param dataSource pool of {@link Database#open}
     * @param clock      for the times in the journal and the links
     */
    public Store(DataSource dataSource, Clock clock) {
        this.jdbc = JdbcClient.create(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.clock = clock;
    }

    // ---- what comes in

    /**
     * What became of accepted changes.
     *
     * @param lanes      ids of the links that were marked
     * @param missed     those of them that waited for nothing before: no other hint had told of it
     * @param unresolved related-referral events whose referral no link knows
     */
    public record Accepted(Set<String> lanes, Set<String> missed, List<Change> unresolved) {
    }

    /**
     * Stores changes, makes links for deals that have none, marks their lanes and moves a cursor, all or nothing. A change that
     * carries the version tag or the time last seen is an echo of an own write and marks nothing; an event delivered before marks nothing.
     *
     * @param changes     the hints
     * @param cursorName  cursor to move, null for none
     * @param cursorValue its new value
     */
    public Accepted accept(List<Change> changes, String cursorName, String cursorValue) {
        return transaction.execute(status -> {
            Set<String> lanes = new LinkedHashSet<>();
            Set<String> missed = new LinkedHashSet<>();
            List<Change> unresolved = new ArrayList<>();
            for (Change change : changes) {
                if (!acceptOne(change, lanes, missed)) {
                    unresolved.add(change);
                }
            }
            if (cursorName != null && cursorValue != null) {
                putCursor(cursorName, cursorValue);
            }
            return new Accepted(lanes, missed, unresolved);
        });
    }

    /** False for a related event whose referral no link knows. */
    private boolean acceptOne(Change change, Set<String> lanes, Set<String> missed) {
        boolean crm = change.source().equals("crm");
        boolean related = change.name().startsWith("related-");
        Optional<Link> known = crm ? linkOfRecordOrPart(change.resourceId()) : linkOf("referral_id", change.resourceId())
            .or(() -> linkOf("microsoft_id", change.resourceId()));
        if (known.isEmpty() && related) {
            return isRepeated(change, null);
        }
        if (known.isEmpty() && !change.shared()) {
            return true;
        }
        if (known.isPresent() && isAsLastSeen(change, known.get())) {
            return true;
        }
        String link = known.map(Link::id).orElse(null);
        if (change.version() == null && isRepeated(change, link)) {
            return true;
        }
        if (link == null) {
            link = newLink(change, crm);
            jdbc.sql("update event set link_id = ? where fingerprint = ?").params(link, fingerprint(change)).update();
        }
        boolean ofMicrosoft = related || !crm && known.isPresent() && !change.resourceId().equals(known.get().referralId());
        mark(link, ofMicrosoft ? Side.RELATED : crm ? Side.RECORD : Side.REFERRAL, change.row());
        if (lanes.add(link) && known.filter(Link::isMarked).isEmpty()) {
            missed.add(link);
        }
        return true;
    }

    /** Keeps an event with the link it tells of, null if none is known. */
    private boolean isRepeated(Change change, String link) {
        return jdbc.sql("insert into event (fingerprint, source, name, resource_id, changed_at, received_at, link_id)"
                + " values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing")
            .params(Arrays.asList(fingerprint(change), change.source(), change.name(), change.resourceId(), change.changedAt(), now(),
                link))
            .update() == 0;
    }

    private static String fingerprint(Change change) {
        return String.join(" ", change.source(), change.name(), change.resourceId(), String.valueOf(change.changedAt()));
    }

    /** Whether a hint tells nothing new. Lists may leave the version tag out; the time of the last change tells as much. */
    public static boolean isAsLastSeen(Change change, Link link) {
        Map<String, Object> seen = change.source().equals("crm") ? link.record() : link.referral();
        if (seen == null) {
            return false;
        }
        if (change.version() != null) {
            // Of a part, such as a solution, the record keeps the version tag too.
            return change.version().equals(seen.get("etag"))
                || seen.get("partVersions") instanceof List<?> parts && parts.contains(change.version());
        }
        return change.resourceId().equals(link.referralId()) && !change.name().startsWith("related-") && change.changedAt() != null
            && change.changedAt().equals(seen.get("changedAt"));
    }

    /** A link for one side of a deal; the one that another thread or machine made in the same moment, if one did. */
    private String newLink(Change change, boolean crm) {
        String id = UUID.randomUUID().toString();
        int made = jdbc.sql("insert into link (id, referral_id, record_kind, record_id, state, created_at, updated_at)"
                + " values (?, ?, ?, ?, 'open', ?, ?) on conflict do nothing")
            .params(Arrays.asList(id, crm ? null : change.resourceId(), crm ? change.recordKind() : null, crm ? change.resourceId() : null,
                now(), now()))
            .update();
        return made == 1 ? id : linkOf(crm ? "record_id" : "referral_id", change.resourceId()).orElseThrow().id();
    }

    /** Marks a lane. Marking twice before it runs is one mark's work; a mark while it runs leads to one more run. */
    public void mark(String linkId, Side side) {
        mark(linkId, side, null);
    }

    /** Where it is known only that the record moved, not how, a row that comes later does not tell it all: it is read. */
    private void mark(String linkId, Side side, Map<String, Object> row) {
        jdbc.sql("update link set marks = marks + 1, noticed = case when :record = 0 then noticed"
                + " when record_moved > 0 and noticed is null then null else :row end,"
                + " referral_moved = case when :referral = 1 then marks + 1 else referral_moved end,"
                + " record_moved = case when :record = 1 then marks + 1 else record_moved end,"
                + " related_moved = case when :related = 1 then marks + 1 else related_moved end where id = :id")
            .param("referral", side.referral() ? 1 : 0)
            .param("record", side.record() ? 1 : 0)
            .param("related", side == Side.RELATED ? 1 : 0)
            .param("row", toColumn(row))
            .param("id", linkId)
            .update();
    }

    /** Referrals that related events named and no link knows: ids that are still to be looked up. */
    public List<String> unresolved() {
        return jdbc.sql("select distinct resource_id from event where link_id is null and name like 'related-%'").query(String.class)
            .list();
    }

    /**
     * The answer to a look-up of {@link #unresolved}.
     *
     * @param resourceId the referral that an event named
     * @param linkId     the link of its engagement; null if there is none, then it is not looked up again
     */
    public void resolved(String resourceId, String linkId) {
        jdbc.sql("update event set link_id = ? where resource_id = ? and link_id is null")
            .params(linkId == null ? "none" : linkId, resourceId).update();
    }

    /** The newest event of each source that told of a link, in words. */
    public List<String> lastEvents(String linkId) {
        return jdbc.sql("select source, name, changed_at, received_at from event where id in"
                + " (select max(id) from event where link_id = ? group by source) order by id").param(linkId)
            .query((row, number) -> "event " + row.getString("name") + " of " + row.getString("source")
                + (row.getString("changed_at") == null ? "" : " of " + row.getString("changed_at"))
                + ", received " + row.getString("received_at")).list();
    }

    /** Keeps that something was refused at the door; the same reason within the same hour is counted, not repeated. */
    public void refusedAtTheDoor(String door, String reason) {
        journalOnce(door, "refused", reason);
    }

    private void journalOnce(String side, String kind, String reason) {
        jdbc.sql("insert into journal (at, kind, side, reason, once) values (?, ?, ?, ?, ?)"
                + " on conflict (once) do update set times = journal.times + 1, at = excluded.at")
            .params(now(), kind, side, reason, String.join(" ", side, kind, HOUR.format(clock.instant()), reason))
            .update();
    }

    // ---- links

    /** The link with this id. */
    public Link link(String id) {
        return linkOf("id", id).orElseThrow(() -> new IllegalArgumentException("There is no link " + id + " in the store."));
    }

    /** Whether a link has a mark that waits to be worked off; the same as asking the link, without its documents. */
    public boolean isMarked(String id) {
        return jdbc.sql("select count(*) from link where id = ? and marks > marks_done").param(id).query(Integer.class).single() > 0;
    }

    /** How many temporary failures in a row the lane of a link had; empty if no mark of it waits to be worked off. */
    public Optional<Integer> failuresIfMarked(String id) {
        return jdbc.sql("select failures from link where id = ? and marks > marks_done").param(id).query(Integer.class).optional();
    }

    /** The link that has this referral id, record id or link id. */
    public Optional<Link> find(String anyId) {
        return linkOf("referral_id", anyId).or(() -> linkOf("record_id", anyId)).or(() -> linkOf("id", anyId));
    }

    /** The link of an engagement, for events that name only the other side's referral. */
    public Optional<Link> linkOfEngagement(String engagementId) {
        return linkOf("engagement_id", engagementId);
    }

    /** How many links there are. */
    public int count() {
        return jdbc.sql("select count(*) from link").query(Integer.class).single();
    }

    /** Ids of the links that rest, oldest first. */
    public List<String> restingLinks() {
        return jdbc.sql("select id from link where state = 'resting' order by created_at, id").query(String.class).list();
    }

    /** Ids of the links that are kept in step but for a field that was refused, oldest first. */
    public List<String> partlyRefusedLinks() {
        return jdbc.sql("select id from link where state = 'linked' and reason is not null and failures = 0 order by created_at, id")
            .query(String.class).list();
    }

    /** Ids of the links with a mark that waits to be worked off. */
    public List<String> markedLinks() {
        return jdbc.sql("select id from link where marks > marks_done order by updated_at").query(String.class).list();
    }

    /** Ids of the links with a mark that no task of the lanes stands for: whoever stored the mark did not come to call the lane. */
    public List<String> forgottenLanes() {
        return jdbc.sql("select id from link where marks > marks_done"
            + " and not exists (select 1 from scheduled_tasks where task_name = 'lane' and task_instance = link.id) order by updated_at")
            .query(String.class).list();
    }

    private Optional<Link> linkOf(String column, String value) {
        return jdbc.sql("select * from link where " + column + " = ? order by created_at").param(value).query(Store::toLink)
            .list().stream().findFirst();
    }

    private Optional<Link> linkOfRecordOrPart(String id) {
        return linkOf("record_id", id).or(() -> jdbc.sql("select link.* from link join link_part on link_id = link.id where part_id = ?")
            .param(id).query(Store::toLink).optional());
    }

    /** A new link for a deal that a person asks to synchronise before any event told of it. */
    public String newLink(String source, String resourceId, String recordKind) {
        return transaction.execute(status -> newLink(new Change(source, "asked", resourceId, recordKind, null, null, true),
            source.equals("crm")));
    }

    /**
     * Keeps what is about to be written, before it is written.
     *
     * @param link   the link as the lane read it
     * @param intent what will be written
     * @return the link with its new version
     * @throws StaleClaimException if somebody else changed the link since
     */
    public Link intend(Link link, JsonNode intent) {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("intent", intent);
        return update(link, columns, List.of(), "");
    }

    /**
     * Ends a round of a lane that goes on: link and journal in one transaction; the marks stay.
     *
     * @param columns columns of the link to set; JSON documents as maps, lists or nodes; null clears
     */
    public Link progress(Link link, Map<String, Object> columns, List<Entry> entries) {
        return update(link, columns, entries, "");
    }

    /** Ends the work of a lane: link, journal and the marks it has worked off, in one transaction. */
    public Link finish(Link link, Map<String, Object> columns, List<Entry> entries) {
        // What was marked while the lane ran stays marked; the rest of it is as the lane has seen it.
        return update(link, columns, entries, MARKS_DONE
            + "referral_moved = case when referral_moved <= :marks then 0 else referral_moved end,"
            + " record_moved = case when record_moved <= :marks then 0 else record_moved end,"
            + " noticed = case when record_moved <= :marks then null else noticed end,"
            + " related_moved = case when related_moved <= :marks then 0 else related_moved end, ");
    }

    /**
     * Lets a lane rest: as {@link #finish}, but what moved was not agreed on, so it still counts as moved. The next run, whatever it is
     * for, reads it again.
     */
    public Link rest(Link link, Map<String, Object> columns, List<Entry> entries) {
        return update(link, columns, entries, MARKS_DONE + "noticed = null, ");
    }

    private Link update(Link link, Map<String, Object> columns, List<Entry> entries, String done) {
        if (!SETTABLE.containsAll(columns.keySet())) {
            throw new IllegalArgumentException("Not columns of a link: " + columns.keySet());
        }
        return transaction.execute(status -> {
            if (isNews(columns.get("referral_id"), link.referralId())) {
                takeOver("referral_id", "record_id", (String) columns.get("referral_id"), link.id());
            }
            if (isNews(columns.get("record_id"), link.recordId())) {
                takeOver("record_id", "referral_id", (String) columns.get("record_id"), link.id());
            }
            String assignments = columns.keySet().stream().map(column -> column + " = :" + column + ", ").collect(Collectors.joining());
            var sql = jdbc.sql("update link set " + assignments + done + "version = version + 1, updated_at = :now"
                    + " where id = :id and version = :version returning *")
                .param("now", now()).param("id", link.id()).param("version", link.version());
            for (Map.Entry<String, Object> column : columns.entrySet()) {
                sql = sql.param(column.getKey(), toColumn(column.getValue()));
            }
            if (!done.isEmpty()) {
                sql = sql.param("marks", link.marks());
            }
            Link changed = updated(sql).orElseThrow(() -> new StaleClaimException(link.id()));
            if (columns.get("record") instanceof Map<?, ?> record
                && (link.record() == null || !Objects.equals(record.get("parts"), link.record().get("parts")))) {
                keepParts(link.id(), record.get("parts"));
            }
            journal(changed, entries);
            // A mark that came since the lane began is not worked off by it, however often the lane has kept its progress.
            return done.isEmpty() ? changed.claimedAt(link.marks()) : changed;
        });
    }

    private static boolean isNews(Object value, Object before) {
        return value != null && !value.equals(before);
    }

    /** The link as an update has left it; empty if another one took its referral or record in the same moment. */
    private static Optional<Link> updated(JdbcClient.StatementSpec sql) {
        try {
            return sql.query(Store::toLink).optional();
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        } catch (UncategorizedSQLException e) {
            // Spring does not know SQLite's error codes.
            if (e.getSQLException() instanceof SQLiteException sqlite
                && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** An event may have made a link for one side of a deal before the link of the deal could say that this side is its own. */
    private void takeOver(String side, String otherSide, String id, String linkId) {
        jdbc.sql("update link set " + side + " = null, state = 'ended', reason = ?, marks_done = marks, version = version + 1"
                + " where " + side + " = ? and " + otherSide + " is null and id <> ?")
            .params("The same deal as the one of link " + linkId + "; it goes on there.", id, linkId).update();
    }

    private void keepParts(String linkId, Object parts) {
        jdbc.sql("delete from link_part where link_id = ?").param(linkId).update();
        if (parts instanceof List<?> ids) {
            ids.stream().filter(Objects::nonNull).forEach(id -> jdbc.sql("insert into link_part (part_id, link_id) values (?, ?)"
                + " on conflict (part_id) do update set link_id = excluded.link_id").params(id, linkId).update());
        }
    }

    /**
     * Two links turn out to be one deal: the referral moves over to the link of the record, whose lane is marked.
     *
     * @param ofReferral link that knows only the referral; it ends
     * @param ofRecord   link of the record that the referral names
     */
    public void merge(Link ofReferral, Link ofRecord) {
        transaction.executeWithoutResult(status -> {
            finish(ofReferral, columns("referral_id", null, "engagement_id", null, "state", "ended",
                "reason", "The same deal as the one of record " + ofRecord.recordId() + "; it goes on there."), List.of());
            progress(link(ofRecord.id()), columns("referral_id", ofReferral.referralId()),
                List.of(Entry.of("linked", "Referral " + ofReferral.referralId() + " names this record.")));
            mark(ofRecord.id(), Side.BOTH);
        });
    }

    /**
     * The record of a link turns out to belong to the deal of another one, whose lane is marked, all or nothing: a mark set for itself
     * would wait for nobody to call the lane when this link changes in the same moment.
     *
     * @param ofRecord   link that knows only the record; it ends
     * @param ofReferral link of the referral that the record names
     */
    public Link handOver(Link ofRecord, Link ofReferral) {
        return transaction.execute(status -> {
            mark(ofReferral.id(), Side.RECORD);
            return finish(ofRecord, columns("record_id", null, "record", null, "state", "ended",
                "reason", "The record belongs to the deal of referral " + ofReferral.referralId() + "; it goes on there."), List.of());
        });
    }

    /** A map that may hold nulls, from names and values in turn. */
    public static Map<String, Object> columns(Object... namesAndValues) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            columns.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return columns;
    }

    // ---- journal

    /** Adds entries that belong to a link. */
    public void journal(Link link, List<Entry> entries) {
        for (Entry entry : entries) {
            jdbc.sql("insert into journal (at, link_id, referral_id, record_id, kind, side, field, old_value, new_value, reason, calls)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(Arrays.asList(now(), link == null ? null : link.id(), link == null ? null : link.referralId(),
                    link == null ? null : link.recordId(), entry.kind(), entry.side(), entry.field(), entry.oldValue(), entry.newValue(),
                    entry.reason(), entry.calls()))
                .update();
        }
    }

    /** Adds an entry that belongs to a link, unless the link has had it before. */
    public void journalOnce(Link link, String kind, String reason) {
        jdbc.sql("insert into journal (at, link_id, referral_id, record_id, kind, reason, once) values (?, ?, ?, ?, ?, ?, ?)"
                + " on conflict (once) do nothing")
            .params(Arrays.asList(now(), link.id(), link.referralId(), link.recordId(), kind, reason, link.id() + " " + reason))
            .update();
    }

    /** Adds an entry that belongs to no link. */
    public void journal(String kind, String reason) {
        journal(null, List.of(Entry.of(kind, reason)));
    }

    /** The journal of one link, oldest first, as rows by column name. */
    public List<Map<String, Object>> journalOf(String linkId) {
        return jdbc.sql("select * from journal where link_id = ? order by id").param(linkId).query().listOfRows();
    }

    /** The entries of one link behind this one, oldest first, as rows by column name. */
    public List<Map<String, Object>> journalOf(String linkId, long behind) {
        return jdbc.sql("select * from journal where link_id = ? and id > ? order by id").params(linkId, behind).query().listOfRows();
    }

    /** Number of the newest entry in the journal, 0 if it is empty. */
    public long journalEnd() {
        return jdbc.sql("select coalesce(max(id), 0) from journal").query(Long.class).single();
    }

    /** The whole journal, oldest first, as rows by column name. */
    public List<Map<String, Object>> journal() {
        return jdbc.sql("select * from journal order by id").query().listOfRows();
    }

    // ---- cursors

    /** The value of a cursor, null if it was never set. */
    public String cursor(String name) {
        return jdbc.sql("select value from cursor_mark where name = ?").param(name).query(String.class).optional().orElse(null);
    }

    /** Sets a cursor. */
    public void putCursor(String name, String value) {
        jdbc.sql("insert into cursor_mark (name, value, updated_at) values (?, ?, ?)"
                + " on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at")
            .params(name, value, now()).update();
    }

    /**
     * Marks every lane that rests if the configuration is not the one the store last saw. Of several processes that start with it, one
     * finds it changed.
     *
     * @param fingerprint what the configuration comes down to
     * @return how many lanes rested and are tried once more
     */
    public int configuredAs(String fingerprint) {
        return transaction.execute(status -> {
            int changed = jdbc.sql("insert into cursor_mark (name, value, updated_at) values (?, ?, ?) on conflict (name) do update"
                    + " set value = excluded.value, updated_at = excluded.updated_at where cursor_mark.value <> excluded.value")
                .params(CONFIGURATION, fingerprint, now()).update();
            return changed == 0 ? 0 : markResting();
        });
    }

    /**
     * Keeps of which CRM the records of this store are. A store that has none yet may change it.
     *
     * @param crm the CRM that is configured
     * @return the CRM that the store has records of, which may be another one
     */
    public String recordsOf(String crm) {
        return transaction.execute(status -> {
            jdbc.sql("insert into cursor_mark (name, value, updated_at) values (?, ?, ?) on conflict (name) do update set value = excluded.value"
                    + " where not exists (select 1 from link where record_id is not null)")
                .params(RECORDS_OF, crm, now()).update();
            return cursor(RECORDS_OF);
        });
    }

    /** Forgets a cursor, so that the next poll reads everything. */
    public void dropCursor(String name) {
        jdbc.sql("delete from cursor_mark where name = ?").param(name).update();
    }

    /** The CRM refused a cursor, because it is too old or its table changed: the next poll reads everything once more. */
    public void cursorRefused(String table, String why) {
        String name = "crm-changes " + table;
        if (cursor(name) != null) {
            // When it was last good bounds what has to be looked at again.
            jdbc.sql("insert into cursor_mark (name, value, updated_at) select name || ' was good', updated_at, updated_at from cursor_mark"
                + " where name = ? on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at")
                .param(name).update();
            dropCursor(name);
            journal("failed", "The CRM no longer knows what changed in " + table + " since the last time; everything is read once more. "
                + why);
        } else {
            journalOnce("crm", "failed", "The CRM can't be asked for changes of " + table + ". " + why);
        }
    }

    /** What announces changes no longer knows where to go on: the cursor is forgotten, and polls tell what was missed. */
    public void cursorExpired(String name, String why) {
        transaction.executeWithoutResult(status -> {
            dropCursor(name);
            journalOnce("crm", "failed", "The CRM no longer knows the " + name + " since the last time; polls are made at once to tell what"
                + " they would have told. " + why);
        });
    }

    /** When a cursor that was refused was last good; null if none was. */
    public String lastGood(String name) {
        return cursor(name + " was good");
    }

    /**
     * The whole of a table was listed: hints for the deals whose record or part was not in it. Deals that have ended are left alone.
     *
     * @param kind   opportunity, lead or solution
     * @param listed ids of all rows of the table
     */
    public List<Change> notListed(String kind, Set<String> listed) {
        boolean part = !kind.equals("opportunity") && !kind.equals("lead");
        return (part ? jdbc.sql("select part_id from link_part") : jdbc.sql("select record_id from link where record_kind = ?"
                + " and record_id is not null and state <> 'ended'").param(kind))
            .query(String.class).list().stream().filter(id -> !listed.contains(id))
            .map(id -> new Change("crm", kind + "-not-listed", id, part ? null : kind, now(), null, false)).toList();
    }

    /** Sets two cursors at once. */
    public void moveCursors(String name, String value, String name2, String value2) {
        transaction.executeWithoutResult(status -> {
            putCursor(name, value);
            putCursor(name2, value2);
        });
    }

    // ---- auto-heal

    /** How every deal stands. */
    public List<Standing> standings() {
        return jdbc.sql("select id, referral_id, record_kind, record_id, state, reason, marks, marks_done, closed_seen_at, compared_under"
                + " from link order by created_at, id")
            .query((row, number) -> new Standing(row.getString("id"), row.getString("referral_id"), row.getString("record_kind"),
                row.getString("record_id"), row.getString("state"), row.getString("reason"),
                row.getLong("marks") > row.getLong("marks_done"), row.getString("closed_seen_at") != null, row.getString("compared_under")))
            .list();
    }

    /** How many deals were closed in Partner Center when their referral was last seen. */
    public int countClosed() {
        return closed("").size();
    }

    /** Ids of the links that have ended, still name both sides, and whose referral was closed when it was last seen. */
    public Set<String> closedOrphans() {
        return closed(" and state = 'ended' and referral_id is not null and record_id is not null");
    }

    /**
     * Page by page: all documents at once would be too much, and one long statement would keep others from writing. What can't be closed
     * is left out of the columns, not of the rows: otherwise PostgreSQL looks through the whole table for each page.
     */
    private Set<String> closed(String which) {
        Set<String> closed = new HashSet<>();
        String last = "";
        while (last != null) {
            Map<String, String> page = new LinkedHashMap<>();
            jdbc.sql("select id, case when referral like '%\"Closed\"%' then referral end as referral from link where id > ?" + which
                + " order by id limit " + PAGE).param(last).query(row -> {
                    page.put(row.getString("id"), row.getString("referral"));
                });
            last = null;
            for (Map.Entry<String, String> link : page.entrySet()) {
                if (link.getValue() != null && "Closed".equals(node(link.getValue()).path("status").textValue())) {
                    closed.add(link.getKey());
                }
                last = page.size() < PAGE ? null : link.getKey();
            }
        }
        return closed;
    }

    /** A round of auto-heal is over: what it proved is kept, what it recovered is journaled, and old events and rounds are forgotten. */
    public void healed(Heal heal) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("insert into heal (at, complete, mapping_version, linked, in_step, recovered, referrals, records, statement)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(heal.at(), heal.complete() ? 1 : 0, heal.mappingVersion(), heal.linked(), heal.inStep(), heal.recovered(),
                    heal.referrals(), heal.records(), heal.statement()).update();
            // The last full comparison is what later rounds build on.
            jdbc.sql("delete from heal where at < ? and id not in (select max(id) from heal where complete = 1)")
                .param(time(clock.instant().minus(ROUNDS_KEPT))).update();
            forgetEvents(EVENTS_KEPT);
            if (heal.recovered() > 0) {
                journal("healed", heal.statement());
            }
        });
    }

    /** What the last round of auto-heal proved. */
    public Optional<Heal> lastHeal() {
        return jdbc.sql("select * from heal order by id desc limit 1").query((row, number) -> new Heal(row.getString("at"),
            row.getInt("complete") == 1, row.getString("mapping_version"), row.getInt("linked"), row.getInt("in_step"),
            row.getInt("recovered"), row.getInt("referrals"), row.getInt("records"), row.getString("statement"))).optional();
    }

    /** When all deals were last compared at once, null if they never were. */
    public String lastHealOfAll() {
        return jdbc.sql("select at from heal where complete = 1 order by id desc limit 1").query(String.class).optional().orElse(null);
    }

    /** Marks every lane that rests, so that it is tried once more; returns how many there are. */
    public int markResting() {
        return transaction.execute(status -> {
            List<String> resting = jdbc.sql("select id from link where state = 'resting'").query(String.class).list();
            resting.forEach(link -> mark(link, Side.BOTH));
            return resting.size();
        });
    }

    /** Forgets events received longer ago than this; a delivery that old is not repeated any more. */
    public void forgetEvents(Duration olderThan) {
        jdbc.sql("delete from event where received_at < ?").param(TIME.format(clock.instant().minus(olderThan))).update();
    }

    // ---- leases

    /** See {@link Lease#take}; of processes that try in the same moment, one succeeds. */
    boolean takeLease(String name, String owner, Duration lasts) {
        Instant now = clock.instant();
        return jdbc.sql("insert into lease (name, owner, until) values (?, ?, ?) on conflict (name) do update"
                + " set owner = excluded.owner, until = excluded.until where lease.owner = excluded.owner or lease.until <= ?")
            .params(name, owner, time(now.plus(lasts)), time(now)).update() == 1;
    }

    /** See {@link Lease#giveUp}. */
    void giveUpLease(String name, String owner) {
        jdbc.sql("delete from lease where name = ? and owner = ?").params(name, owner).update();
    }

    // ---- calls

    /** Adds calls to the count of the day. */
    public void count(String system, String kind, long calls) {
        jdbc.sql("insert into call_count (day, system, kind, calls) values (?, ?, ?, ?)"
                + " on conflict (day, system, kind) do update set calls = call_count.calls + excluded.calls")
            .params(now().substring(0, DAY), system, kind, calls).update();
    }

    /** Calls of today (UTC), as rows {@code system}, {@code kind}, {@code calls}. */
    public List<Map<String, Object>> callsToday() {
        return jdbc.sql("select system, kind, calls from call_count where day = ? order by system, kind").param(now().substring(0, DAY))
            .query().listOfRows();
    }

    // ---- columns

    /** The time as the store writes it. */
    public String now() {
        return TIME.format(clock.instant());
    }

    /** An instant as the store writes it. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** A time of the store as an instant. */
    public static Instant toInstant(String time) {
        return Instant.parse(time);
    }

    private static Object toColumn(Object value) {
        if (value instanceof JsonNode || value instanceof Map || value instanceof List) {
            try {
                return JSON.writeValueAsString(value);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
        return value;
    }

    private static Link toLink(ResultSet row, int number) throws SQLException {
        return new Link(row.getString("id"), row.getString("referral_id"), row.getString("engagement_id"), row.getString("record_kind"),
            row.getString("record_id"), row.getString("state"), row.getString("reason"), node(row.getString("base")),
            node(row.getString("intent")), fromJson(row.getString("referral"), DOCUMENT), fromJson(row.getString("record"), DOCUMENT),
            fromJson(row.getString("noticed"), DOCUMENT), fromJson(row.getString("microsoft"), DOCUMENT),
            Optional.ofNullable(fromJson(row.getString("refused"), VALUES)).orElse(Map.of()),
            row.getString("closed_seen_at"), row.getString("told"), row.getInt("failures"), row.getLong("marks"),
            row.getLong("marks_done"), row.getLong("referral_moved") > 0, row.getLong("record_moved") > 0,
            row.getLong("related_moved") > 0, row.getLong("version"));
    }

    private static JsonNode node(String json) {
        try {
            return json == null ? null : JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T fromJson(String json, TypeReference<T> type) {
        try {
            return json == null ? null : JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}

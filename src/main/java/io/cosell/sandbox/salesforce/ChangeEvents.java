package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Change;
import io.cosell.sandbox.SandboxClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Change Data Capture (section 3.7): tells of every change of the objects selected for it, and keeps what was told for 72 hours of the
 * sandbox's clock. Transactions are told as a whole; several changes of a record in one are one event. Guarded by the sandbox's monitor.
 */
final class ChangeEvents {

    /** The channel of all objects. */
    static final String ALL = "/data/ChangeEvents";

    private static final Duration KEPT = Duration.ofHours(72);
    private static final List<String> SELECTED = List.of("Opportunity", "Lead", "OpportunityContactRole", "Microsoft_Solutions__c");
    private static final String OVERFLOWN = "000000000000000AAA";
    /** Replay ids are not contiguous. */
    private static final int STEP = 3;

    /**
     * One event.
     *
     * @param replayId its place in the stream
     * @param id       of the event itself
     * @param at       when it was told
     * @param channel  channel of its object
     */
    record Told(long replayId, String id, Instant at, String channel, String schemaId, byte[] payload) {

        boolean isOn(String name) {
            return name.equals(ALL) || name.equals(channel);
        }
    }

    private final Schema schema;
    private final SandboxClock clock;
    private final ChangeEventSchemas schemas = new ChangeEventSchemas();
    private final TreeMap<Long, Told> told = new TreeMap<>();
    /** When each place in the stream was handed out. */
    private final TreeMap<Long, Instant> places = new TreeMap<>();
    private long newest = 1_000;
    private int gaps;
    private boolean overflow;
    private int doubled;
    private int garbled;
    private int lost;

    ChangeEvents(Schema schema, SandboxClock clock) {
        this.schema = schema;
        this.clock = clock;
        places.put(newest, clock.instant());
    }

    // ---- what goes wrong

    /** The next events tell their header alone, as GAP_*. */
    void gaps(int events) {
        gaps = events;
    }

    /** The next transaction is too large: it is told by one GAP_OVERFLOW an object. */
    void overflow() {
        overflow = true;
    }

    /** The next events come twice. */
    void doubled(int events) {
        doubled = events;
    }

    /** The payload of the next events can't be read. */
    void garbled(int events) {
        garbled = events;
    }

    /** The next events are not told at all. */
    void lost(int events) {
        lost = events;
    }

    /** The organisation moves to another instance: replay ids of before are no longer known. */
    void forgetReplayIds() {
        told.clear();
        places.clear();
        place();
    }

    // ---- telling

    /** Tells of one transaction. */
    void tell(List<Change> changes) {
        Map<String, Change> byRecord = new LinkedHashMap<>();
        for (Change change : changes) {
            if (SELECTED.contains(change.row().table())) {
                byRecord.merge(change.row().id(), change, (earlier, later) -> new Change(later.by(),
                    earlier.message().equals("Create") && !later.message().equals("Delete") ? "Create" : later.message(), earlier.before(),
                    later.row(), later.written()));
            }
        }
        String transaction = UUID.randomUUID().toString();
        int sequence = 0;
        if (overflow && !byRecord.isEmpty()) {
            overflow = false;
            for (String object : byRecord.values().stream().map(change -> change.row().table()).distinct().toList()) {
                Change one = byRecord.values().stream().filter(change -> change.row().table().equals(object)).findFirst().orElseThrow();
                tell(one, new ChangeEventSchemas.Header("GAP_OVERFLOW", List.of(OVERFLOWN), "", transaction, ++sequence, clock.instant(),
                    one.by().user()));
            }
            return;
        }
        for (Change change : byRecord.values()) {
            String type = change.message().toUpperCase(Locale.ROOT);
            boolean gap = gaps > 0;
            gaps = Math.max(0, gaps - 1);
            tell(change, new ChangeEventSchemas.Header(gap ? "GAP_" + type : type, List.of(change.row().id()),
                "com/salesforce/api/rest/60.0", transaction, ++sequence, clock.instant(), change.by().user()));
        }
    }

    private void tell(Change change, ChangeEventSchemas.Header header) {
        if (lost > 0) {
            lost--;
            return;
        }
        SObject object = schema.require(change.row().table());
        byte[] payload = garbled > 0 ? new byte[] {-1, -1, -1} : schemas.payload(object, header, change.before(), change.row());
        garbled = Math.max(0, garbled - 1);
        String id = UUID.randomUUID().toString();
        for (int times = doubled > 0 ? 2 : 1; times > 0; times--) {
            Told event = new Told(place(), id, clock.instant(), channel(object.name()), ChangeEventSchemas.id(schemas.of(object)), payload);
            told.put(event.replayId(), event);
        }
        doubled = Math.max(0, doubled - 1);
    }

    private long place() {
        newest += 1 + newest % STEP;
        places.put(newest, clock.instant());
        return newest;
    }

    // ---- reading

    /** Channel of one object's events. */
    static String channel(String object) {
        return "/data/" + ChangeEventSchemas.eventName(object);
    }

    /** Whether there is such a channel. */
    boolean has(String channel) {
        return channel.equals(ALL) || SELECTED.stream().anyMatch(object -> channel.equals(channel(object)));
    }

    /** Id of the schema of a channel's events; that of all objects has none of its own. */
    String schemaOf(String channel) {
        return SELECTED.stream().filter(object -> channel.equals(channel(object))).findFirst()
            .map(object -> ChangeEventSchemas.id(schemas.of(schema.require(object)))).orElse("");
    }

    Optional<String> schemaJson(String id) {
        return Optional.ofNullable(schemas.json(id));
    }

    /** The newest place in the stream; a sign of life hands out a new one, so that a subscriber's does not grow old where nothing happens. */
    long newest(boolean signOfLife) {
        return signOfLife ? place() : newest;
    }

    /** Behind which place the oldest event stands that is still kept. */
    long oldest() {
        purge();
        return places.isEmpty() ? newest : places.firstKey() - 1;
    }

    /** Whether a subscriber may go on behind this place: it was handed out, not longer ago than events are kept. */
    boolean knows(long replayId) {
        purge();
        return places.containsKey(replayId);
    }

    /** Events of a channel behind a place, oldest first. */
    List<Told> after(long replayId, String channel, int most) {
        purge();
        List<Told> events = new ArrayList<>();
        told.tailMap(replayId, false).values().stream().filter(event -> event.isOn(channel))
            .limit(most).forEach(events::add);
        return events;
    }

    private void purge() {
        Instant end = clock.instant().minus(KEPT);
        told.values().removeIf(event -> event.at().isBefore(end));
        places.values().removeIf(at -> at.isBefore(end));
    }

    /** A place as the wire shows it. */
    static byte[] bytes(long replayId) {
        return ByteBuffer.allocate(Long.BYTES).putLong(replayId).array();
    }

    /** The place that these bytes stand for; empty if they are no replay id. */
    static Optional<Long> replayId(byte[] bytes) {
        return bytes.length == Long.BYTES ? Optional.of(ByteBuffer.wrap(bytes).getLong()) : Optional.empty();
    }
}

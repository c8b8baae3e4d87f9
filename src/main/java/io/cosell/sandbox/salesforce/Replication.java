package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Row;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was changed and deleted in a span of time: {@code /updated} and {@code /deleted} (section 3.7). */
final class Replication {

    private static final Duration REACH = Duration.ofDays(30);
    private static final String STAMP = "SystemModstamp";

    private final Org org;

    Replication(Org org) {
        this.org = org;
    }

    List<Resource> resources() {
        return List.of(
            new Resource("GET", "/sobjects/{object}/updated", CallKind.CHANGES, (call, parts) -> updated(call, parts.get("object"))),
            new Resource("GET", "/sobjects/{object}/deleted", CallKind.CHANGES, (call, parts) -> deleted(call, parts.get("object"))));
    }

    /** Whole minutes: seconds are ignored. */
    private record Span(Instant start, Instant end) {
        boolean has(Object time) {
            return time instanceof Instant instant && !instant.isBefore(start) && instant.isBefore(end);
        }
    }

    private Reply updated(ApiCall call, String name) {
        SObject object = object(name);
        Span span = span(call);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ids", org.store().rows(object.name()).stream().filter(row -> span.has(row.get(STAMP))).map(Row::id).toList());
        json.put("latestDateCovered", covered(span));
        return Reply.json(200, json);
    }

    private Reply deleted(ApiCall call, String name) {
        SObject object = object(name);
        Span span = span(call);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("deletedRecords", org.store().deletedSince(object.name(), 0).stream().map(deletion -> deletion.row())
            .filter(row -> span.has(row.get(STAMP))).map(Replication::deletion).toList());
        // Nothing is ever purged here: as far back as anybody may ask
        json.put("earliestDateAvailable", Values.time(now().minus(REACH)));
        json.put("latestDateCovered", covered(span));
        return Reply.json(200, json);
    }

    private static Map<String, Object> deletion(Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.id());
        json.put("deletedDate", Values.toJson(row.get(STAMP)));
        return json;
    }

    /** What the next call starts from: the minute that has begun may still bring changes. */
    private String covered(Span span) {
        return Values.time(span.end().isAfter(now()) ? now() : span.end());
    }

    private SObject object(String name) {
        return org.schema().object(name).orElseThrow(Refusal::notFound);
    }

    private Span span(ApiCall call) {
        Span span = new Span(time(call, "start"), time(call, "end"));
        if (!span.start().isBefore(span.end())) {
            throw refusal("The start date must be at least one minute before the end date; seconds are ignored.");
        }
        if (span.start().isBefore(now().minus(REACH))) {
            throw refusal("The start date must be within the last " + REACH.toDays() + " days.");
        }
        return span;
    }

    private static Instant time(ApiCall call, String name) {
        String text = call.request().parameter(name).orElseThrow(() -> refusal("The parameter " + name + " is missing."));
        try {
            return Values.time(text).truncatedTo(ChronoUnit.MINUTES);
        } catch (DateTimeException e) {
            throw refusal("The parameter " + name + " is no date with time and offset: " + text);
        }
    }

    private static Refusal refusal(String message) {
        return new Refusal(400, "INVALID_REPLICATION_DATE", message);
    }

    private Instant now() {
        return org.clock().instant().truncatedTo(ChronoUnit.MINUTES);
    }
}

package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Conditional requests (section 3.4): times by the last change, in whole seconds, for every record; tags for accounts only. A call
 * without a condition always goes through; deletes know no conditions.
 */
final class Conditions {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss z", Locale.US);
    private static final DateTimeFormatter OUT = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
        .withZone(ZoneOffset.UTC);
    private static final String MODIFIED = "If-Modified-Since";
    private static final String UNMODIFIED = "If-Unmodified-Since";
    private static final List<String> DATES = List.of(MODIFIED, UNMODIFIED);

    private Conditions() {
    }

    /** The answer to a read whose condition is not met: 304 or 412. A date that can't be read is no condition. */
    static Optional<Reply> read(Request request, SObject object, Row row) {
        if (date(request, UNMODIFIED, false).filter(since -> changed(row).isAfter(since)).isPresent()
            || mismatch(request, object, row)) {
            return Optional.of(precondition().reply());
        }
        if (object.entityTags() && request.header("If-None-Match").filter(tags -> names(tags, tag(row))).isPresent()) {
            return Optional.of(stamp(object, row, Reply.empty(304)));
        }
        return read(request, changed(row)).map(reply -> stamp(object, row, reply));
    }

    /** The answer to a read of something that was not changed since the caller saw it: 304. */
    static Optional<Reply> read(Request request, Instant changed) {
        return date(request, MODIFIED, false).filter(since -> !changed.isAfter(since)).map(since -> stamp(changed, Reply.empty(304)));
    }

    /**
     * Checks the conditions of a change.
     *
     * @throws Refusal 412 if one is not met, 400 if a date can't be read
     */
    static void write(Request request, SObject object, Row row) {
        boolean later = date(request, UNMODIFIED, true).filter(since -> changed(row).isAfter(since)).isPresent();
        boolean notLater = date(request, MODIFIED, true).filter(since -> !changed(row).isAfter(since)).isPresent();
        boolean known = object.entityTags() && request.header("If-None-Match").filter(tags -> names(tags, tag(row))).isPresent();
        if (later || notLater || known || mismatch(request, object, row)) {
            throw precondition();
        }
    }

    /** Refuses a write that carries a date that is none. */
    static void refuseBadDates(Request request) {
        DATES.forEach(name -> date(request, name, true));
    }

    /** 412 as a refusal. */
    static Refusal precondition() {
        return new Refusal(412, "PRECONDITION_FAILED", "The precondition of the request is not met: the record has changed.");
    }

    /** The same answer with the record's time, and its tag where it has one. */
    static Reply stamp(SObject object, Row row, Reply reply) {
        Reply stamped = stamp(changed(row), reply);
        return object.entityTags() ? stamped.with("ETag", tag(row)) : stamped;
    }

    /** The same answer with a time of change. */
    static Reply stamp(Instant changed, Reply reply) {
        return reply.with("Last-Modified", date(changed));
    }

    /** A time as headers have it. */
    static String date(Instant time) {
        return OUT.format(time);
    }

    private static Instant changed(Row row) {
        return (Instant) row.get("LastModifiedDate");
    }

    private static boolean mismatch(Request request, SObject object, Row row) {
        return object.entityTags() && request.header("If-Match").filter(tags -> !names(tags, tag(row))).isPresent();
    }

    private static boolean names(String tags, String tag) {
        return Arrays.stream(tags.split(",")).map(String::strip).anyMatch(one -> one.equals("*") || bare(one).equals(bare(tag)));
    }

    /** A tag without what compression adds to it. */
    private static String bare(String tag) {
        return tag.replaceFirst("^W/", "").replace("\"", "").replaceFirst("-gzip$", "");
    }

    /** A tag in the form of the real ones; follows every version of the record. */
    static String tag(Row row) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((row.id() + row.version()).getBytes(StandardCharsets.UTF_8));
            return "\"" + Base64.getUrlEncoder().encodeToString(Arrays.copyOf(hash, 20)) + "-gzip\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Instant> date(Request request, String name, boolean strict) {
        Optional<String> text = request.header(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ZonedDateTime.parse(text.get(), FORM).toInstant());
        } catch (DateTimeException e) {
            if (strict) {
                throw new Refusal(400, "INVALID_HEADER", "The value of " + name + " can't be read: " + text.get()
                    + ". It is a date such as " + OUT.format(Instant.EPOCH) + ".");
            }
            return Optional.empty();
        }
    }
}

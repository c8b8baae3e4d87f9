package io.cosell.demo;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What went over the wire since it was last asked: calls of the connector on both sides, and events that Partner Center sent to it. */
final class Trail {

    private static final String ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/)[a-zA-Z0-9]{15}([A-Z0-9]{3})?(?![a-zA-Z0-9])";
    /** Tables whose rows only tie others together; people see them as part of those. */
    private static final String TIE = ".+(Role|Member)";
    private static final Map<String, String> VERBS = Map.of("Create", "adds", "Update", "changes", "Delete", "takes out");

    /** How long after an event is sent the call that raised it may be logged. */
    private static final Duration LOGGED_LATE = Duration.ofMillis(20);

    private final Sandboxes sandboxes;
    private final String title;
    private final CrmSeller seller;
    private final SandboxSystem crm;
    private int partnerCenterCalls;
    private int crmCalls;
    private int rowChanges;
    private final Map<Integer, Integer> attempts = new HashMap<>();

    Trail(Sandboxes sandboxes, Crm crm) {
        this.sandboxes = sandboxes;
        title = crm.title();
        seller = crm.seller(sandboxes);
        this.crm = seller.system();
    }

    private record Line(Instant at, boolean event, boolean write, String text) {
    }

    /** The news, one line each, oldest first. Sign-ins and polls that ask what changed are left out; {@link #totals} counts them. */
    List<String> news() {
        List<Line> lines = new ArrayList<>();
        List<Call> partnerCenter = sandboxes.partnerCenter().calls();
        partnerCenter.subList(partnerCenterCalls, partnerCenter.size()).stream().filter(this::isWork)
            .forEach(call -> lines.add(new Line(call.at(), false, call.isWrite(),
                line("->", "Partner Center", call.method(), place(call), call.status(), ""))));
        partnerCenterCalls = partnerCenter.size();
        List<Call> calls = crm.calls();
        calls.subList(crmCalls, calls.size()).stream().filter(this::isWork)
            .forEach(call -> lines.add(new Line(call.at(), false, false,
                line("->", title, call.method(), place(call), call.status(), call.isWrite() ? changesUntil(call.at()) : ""))));
        crmCalls = calls.size();
        for (Delivery delivery : sandboxes.partnerCenter().deliveries()) {
            delivery.attempts().stream().skip(attempts.getOrDefault(delivery.number(), 0)).forEach(attempt -> lines.add(
                new Line(attempt.at(), true, false, line("<-", "Partner Center", "event", delivery.event(), attempt.status(), ""))));
            attempts.put(delivery.number(), delivery.attempts().size());
        }
        lines.sort(Comparator.comparing(Line::at));
        causeFirst(lines);
        return lines.stream().map(Line::text).toList();
    }

    /** An event is on its way before the write that raised it is answered; it reads better after that write. */
    private static void causeFirst(List<Line> lines) {
        for (int i = 1; i < lines.size(); i++) {
            Line event = lines.get(i - 1);
            Line write = lines.get(i);
            if (event.event() && write.write() && write.at().isBefore(event.at().plus(LOGGED_LATE))) {
                Collections.swap(lines, i - 1, i);
            }
        }
    }

    /** What the connector wrote to rows until then, such as "adds account, contact; changes opportunity". */
    private String changesUntil(Instant time) {
        List<RowChange> history = crm.history();
        List<RowChange> unseen = history.subList(rowChanges, history.size()).stream()
            .takeWhile(change -> !change.at().isAfter(time)).toList();
        rowChanges += unseen.size();
        List<RowChange> own = unseen.stream().filter(change -> change.user().equals(seller.connectorUser()))
            .filter(change -> !change.table().matches(TIE) && !isMadeBefore(change, unseen)).toList();
        return own.isEmpty() ? "changes nothing" : Stream.of("Create", "Update", "Delete")
            .filter(message -> own.stream().anyMatch(change -> change.message().equals(message)))
            .map(message -> VERBS.get(message) + " " + own.stream().filter(change -> change.message().equals(message))
                .map(change -> name(change.table())).distinct().collect(Collectors.joining(", ")))
            .collect(Collectors.joining("; "));
    }

    /** A row that was made in this very call and then changed is one that was made. */
    private static boolean isMadeBefore(RowChange change, List<RowChange> unseen) {
        return change.message().equals("Update")
            && unseen.stream().anyMatch(other -> other.message().equals("Create") && other.id().equals(change.id())
                && other.user().equals(change.user()));
    }

    /** A table as people call it: without what the package puts around its name. */
    private static String name(String table) {
        return table.replaceFirst("(?i)^([a-z]+_)?microsoft_?", "").replaceFirst("__c$", "").toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** How many calls each side has had in all. */
    String totals() {
        return total("Partner Center", sandboxes.partnerCenter().calls()) + "; " + total(title, crm.calls());
    }

    private String total(String side, List<Call> calls) {
        long signIns = calls.stream().filter(Call::isToken).count();
        long polls = calls.stream().filter(this::isPoll).count();
        return side + " " + (calls.size() - signIns - polls) + " calls, " + signIns + (signIns == 1 ? " sign-in" : " sign-ins")
            + (polls == 0 ? "" : ", " + polls + " polls for changes");
    }

    /** How many calls have changed something, on both sides. */
    long writes() {
        return sandboxes.partnerCenter().count(Call::isWrite) + crm.count(Call::isWrite);
    }

    /** How often the CRM was asked what changed. */
    long polls() {
        return crm.count(this::isPoll);
    }

    private boolean isWork(Call call) {
        return !call.isToken() && !isPoll(call);
    }

    private boolean isPoll(Call call) {
        return call.system().equals(crm.name()) && seller.polled(call).isPresent();
    }

    /** The path as people can read it: without what is the same for all, without query, and without ids. */
    private static String place(Call call) {
        return call.path().replaceFirst("\\?.*$", "").replaceFirst("^/api/data/v[0-9.]+|^/services/data/v[0-9.]+|^/v1.0/engagements|^/webhooks/v1", "")
            .replaceAll(ID, "{id}");
    }

    private static String line(String arrow, String side, String method, String place, int status, String remark) {
        String words = status == 412 ? "changed meanwhile: read and planned again" : remark;
        return String.format("%s %-14s %-5s  %-29s %3d  %s", arrow, side, method, place, status, words).stripTrailing();
    }
}

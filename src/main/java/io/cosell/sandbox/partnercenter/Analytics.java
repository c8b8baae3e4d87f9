package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.Filter.Type;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The referral analytics (section 3): a flat record of each referral of the partner's, with the date of each state. The analytics know
 * more states than the referrals: archived, missed and skipped are always null.
 */
final class Analytics {

    static final String PATH = "/partner/v1/analytics/referrals";

    private static final int MOST = 10_000;
    private static final String MARKET = "US";
    private static final Set<String> OPTIONS = Set.of("filter", "groupby", "aggregationLevel", "top", "skip");
    private static final Set<String> LEVELS = Set.of("day", "week", "month");

    /** The state dates, and the substatus that closes a referral with each; null for those that are not closed so. */
    private static final Map<String, String> CLOSED_BY = Map.of("declinedDate", "Declined", "expiredDate", "Expired", "lostDate", "Lost",
        "wonDate", "Won");
    private static final Map<String, Type> FIELDS = new TreeMap<>();

    static {
        Stream.of("id", "status", "customerMarket", "customerName", "customerOrgSize", "partnerMarket")
            .forEach(name -> FIELDS.put(name, Type.WORD));
        Stream.of("acceptedDate", "acknowledgedDate", "archivedDate", "declinedDate", "expiredDate", "lostDate", "missedDate",
            "createdDate", "skippedDate", "wonDate").forEach(name -> FIELDS.put(name, Type.SECONDS));
    }

    private Analytics() {
    }

    /**
     * Answers a query.
     *
     * @param rows rows of the referrals the caller may see
     */
    static Reply answer(Request request, Stream<Row> rows, Switches switches) {
        Map<String, String> query = request.query();
        query.keySet().stream().filter(name -> !OPTIONS.contains(name)).findFirst().ifPresent(name -> {
            throw new Refusal(501, "generalException", name, "The sandbox does not know the analytics option " + name + ".");
        });
        String level = query.get("aggregationLevel");
        if (level != null && (!query.containsKey("groupby") || !LEVELS.contains(level))) {
            throw Refusal.invalid("aggregationLevel", "aggregationLevel is day, week or month, and goes with groupby only.");
        }
        if (query.containsKey("groupby")) {
            throw new Refusal(501, "generalException", "groupby",
                "The sandbox does not group analytics: no public document shows what the answer looks like.");
        }
        int top = number(query, "top", MOST);
        if (top >= MOST && query.containsKey("top")) {
            throw Refusal.invalid("top", "top must be less than " + MOST + ".");
        }
        Filter filter = query.containsKey("filter") ? new Filter(query.get("filter"), "filter", FIELDS) : null;
        List<ObjectNode> records = rows.map(Analytics::record).filter(row -> filter == null || filter.test(row))
            .skip(number(query, "skip", 0)).limit(top).toList();
        return Reply.json(200, switches.has(Switch.ANALYTICS_IN_VALUE) ? Map.of("value", records) : records);
    }

    private static int number(Map<String, String> query, String option, int otherwise) {
        String text = query.getOrDefault(option, String.valueOf(otherwise));
        if (!text.matches("\\d{1,9}")) {
            throw Refusal.invalid(option, option + " must be a whole number from 0 on, not " + text + ".");
        }
        return Integer.parseInt(text);
    }

    /** Section 3, in the order of the sample; the id is a number of its own, as there. */
    private static ObjectNode record(Row row) {
        ObjectNode referral = Referrals.document(row);
        JsonNode customer = referral.path("customerProfile");
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("id", String.valueOf(100_000 + row.sequence()));
        record.put("status", referral.path("substatus").asText());
        record.put("customerMarket", customer.at("/address/country").textValue());
        record.put("customerName", customer.path("name").textValue());
        record.put("customerOrgSize", customer.path("size").textValue());
        record.put("acceptedDate", seconds(referral.path("acceptedDateTime").textValue()));
        record.put("acknowledgedDate", seconds(Referrals.acknowledged(row)));
        for (String name : List.of("archivedDate", "declinedDate", "expiredDate", "lostDate", "missedDate")) {
            record.put(name, closed(referral, name));
        }
        record.put("createdDate", seconds(referral.path("createdDateTime").textValue()));
        record.putNull("skippedDate");
        record.put("wonDate", closed(referral, "wonDate"));
        record.put("partnerMarket", MARKET);
        return record;
    }

    private static String closed(ObjectNode referral, String name) {
        boolean fits = referral.path("substatus").asText().equals(CLOSED_BY.get(name));
        return fits ? seconds(referral.path("closedDateTime").textValue()) : null;
    }

    private static String seconds(String time) {
        return time == null ? null : Times.seconds(Instant.parse(time));
    }
}

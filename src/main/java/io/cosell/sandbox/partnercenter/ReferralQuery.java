package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The query of a list of referrals (section 3.1), page by page. It keeps no state: the token of the next page holds the query.
 *
 * @param options query options {@code $filter}, {@code $orderby}, {@code $top}, {@code $skip}, {@code $select} as sent
 */
record ReferralQuery(Map<String, String> options) {

    /** Most referrals in one answer. */
    static final int PAGE = 100;

    /** As in the samples: http, another path, and a host of its own. A client takes the query and calls its configured address. */
    private static final String NEXT_LINK = "http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=";
    private static final String CONTEXT = "http://api.partner.microsoft.com/v1.0/$metadata#Referrals";
    private static final Set<String> KNOWN = Set.of("$filter", "$orderby", "$top", "$skip", "$select", "$count");

    /**
     * Reads the query parameters of a request, or the page token among them.
     *
     * @throws Refusal 400 for a bad token, 501 for an option that the contract does not describe
     */
    static ReferralQuery of(Map<String, String> parameters) {
        if (parameters.containsKey("$skiptoken")) {
            return new ReferralQuery(fromToken(parameters.get("$skiptoken")));
        }
        Map<String, String> options = new LinkedHashMap<>(parameters);
        options.keySet().removeIf(name -> !name.startsWith("$"));
        options.keySet().stream().filter(name -> !KNOWN.contains(name)).findFirst().ifPresent(name -> {
            throw new Refusal(501, "generalException", name, "The sandbox does not know the query option " + name + ".");
        });
        return new ReferralQuery(options);
    }

    Filter filter() {
        return options.containsKey("$filter") ? new Filter(options.get("$filter")) : null;
    }

    /** One page of these referrals as the answer of the list, with a link to the next page if there is one. */
    Reply page(Stream<ObjectNode> referrals, Filter filter) {
        List<ObjectNode> found = referrals.filter(referral -> filter == null || filter.test(referral)).sorted(order()).toList();
        int from = Math.min(count("$skip", 0), found.size());
        int wanted = Math.min(count("$top", Integer.MAX_VALUE), found.size() - from);
        int size = Math.min(wanted, PAGE);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("@odata.context", CONTEXT);
        body.put("@odata.count", found.size());
        body.put("value", found.subList(from, from + size).stream().map(this::selected).toList());
        if (wanted > size) {
            body.put("@odata.nextLink", NEXT_LINK + URLEncoder.encode(token(from + size, count("$top", Integer.MAX_VALUE) - size),
                StandardCharsets.UTF_8));
        }
        return Reply.json(200, body);
    }

    private int count(String option, int otherwise) {
        String text = options.get(option);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > Integer.MAX_VALUE) {
            throw Refusal.invalid(option, option + " must be a whole number from 0 on, not " + text + ".");
        }
        return Integer.parseInt(text);
    }

    /** {@code createdDateTime} or {@code updatedDateTime}, with or without {@code desc}; otherwise oldest first. */
    private Comparator<JsonNode> order() {
        String[] words = options.getOrDefault("$orderby", "createdDateTime").trim().split("\\s+");
        String direction = words.length == 2 ? words[1].toLowerCase(Locale.ROOT) : "asc";
        if (words.length > 2 || !Set.of("createdDateTime", "updatedDateTime").contains(words[0])
            || !Set.of("asc", "desc").contains(direction)) {
            throw Refusal.invalid("$orderby", "$orderby must be createdDateTime or updatedDateTime, with or without desc.");
        }
        Comparator<JsonNode> byTime = Comparator.comparing(referral -> OffsetDateTime.parse(referral.path(words[0]).textValue()));
        return direction.equals("desc") ? byTime.reversed() : byTime;
    }

    private ObjectNode selected(ObjectNode referral) {
        String select = options.get("$select");
        if (select == null) {
            return referral;
        }
        List<String> names = Stream.of(select.split(",")).map(String::trim).toList();
        names.stream().filter(name -> !Names.TOP_LEVEL.contains(name)).findFirst().ifPresent(name -> {
            throw Refusal.invalid("$select", "A referral has no member '" + name + "'; $select takes top-level names with commas between.");
        });
        return referral.deepCopy().retain(names);
    }

    private String token(int skip, int top) {
        Map<String, String> rest = new LinkedHashMap<>(options);
        rest.put("$skip", String.valueOf(skip));
        if (options.containsKey("$top")) {
            rest.put("$top", String.valueOf(top));
        }
        return Base64.getEncoder().encodeToString(Reply.json(200, rest).body());
    }

    private static Map<String, String> fromToken(String token) {
        try {
            Map<String, String> options = new LinkedHashMap<>();
            SandboxSystem.JSON.readTree(Base64.getDecoder().decode(token)).properties()
                .forEach(option -> options.put(option.getKey(), option.getValue().textValue()));
            return options;
        } catch (IllegalArgumentException | IOException e) {
            throw Refusal.invalid("$skiptoken", "The page token cannot be read; send it exactly as it stands in @odata.nextLink.");
        }
    }
}

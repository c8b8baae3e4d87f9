package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The query of a list of referrals (section 3.1), page by page. It keeps no state: the token of the next page holds the query.
 *
 * @param options query options {@code $filter}, {@code $orderby}, {@code $top}, {@code $skip}, {@code $select} as sent
 */
record ReferralQuery(Map<String, String> options) {

    /** As in the samples: http, another path, and a host of its own. A client takes the query and calls its configured address. */
    private static final String NEXT_LINK = "http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=";
    private static final String CONTEXT = "http://api.partner.microsoft.com/v1.0/$metadata#Referrals";
    private static final Set<String> KNOWN = Set.of("$filter", "$orderby", "$top", "$skip", "$select", "$count");
    /** The page size of the text of February 2019. */
    private static final String PAGE_SIZE = "pagesize";

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
        options.keySet().removeIf(name -> !name.startsWith("$") && !name.equals(PAGE_SIZE));
        options.keySet().stream().filter(name -> !KNOWN.contains(name) && !name.equals(PAGE_SIZE)).findFirst().ifPresent(name -> {
            throw new Refusal(501, "generalException", name, "The sandbox does not know the query option " + name + ".");
        });
        return new ReferralQuery(options);
    }

    Filter filter() {
        return options.containsKey("$filter") ? new Filter(options.get("$filter"), "$filter", Filter.REFERRAL) : null;
    }

    /**
     * One page of these referrals as the answer of the list, with a link to the next page if there is one.
     *
     * @param referrals oldest first, those of the filter only
     * @param pageSize  most referrals in one answer
     * @param view      turns a referral into an item
     */
    Reply page(Stream<ObjectNode> referrals, int pageSize, Switches switches, UnaryOperator<ObjectNode> view) {
        List<ObjectNode> found = referrals.collect(Collectors.toCollection(ArrayList::new));
        sort(found);
        int from = Math.min(count("$skip", 0), found.size());
        int wanted = Math.min(count("$top", Integer.MAX_VALUE), found.size() - from);
        boolean large = switches.has(Switch.LARGE_PAGES) && options.containsKey("$top");
        int size = Math.min(wanted, large ? wanted : Math.min(pageSize, count(PAGE_SIZE, pageSize)));
        if (size == 0 && wanted > 0) {
            throw Refusal.invalid(PAGE_SIZE, PAGE_SIZE + " must be 1 or more.");
        }
        Set<String> selected = selected();
        List<ObjectNode> items = found.subList(from, from + size).stream().map(view)
            .map(item -> selected == null ? item : item.retain(selected)).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("@odata.context", CONTEXT);
        body.put("@odata.count", switches.has(Switch.COUNT_OF_PAGE) ? size : found.size());
        body.put("value", items);
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

    /** By {@code createdDateTime} or {@code updatedDateTime}, with or without {@code desc}; otherwise oldest first. */
    private void sort(List<ObjectNode> found) {
        String[] words = options.getOrDefault("$orderby", "createdDateTime").trim().split("\\s+");
        String direction = words.length == 2 ? words[1].toLowerCase(Locale.ROOT) : "asc";
        if (words.length > 2 || !Set.of("createdDateTime", "updatedDateTime").contains(words[0])
            || !Set.of("asc", "desc").contains(direction)) {
            throw Refusal.invalid("$orderby", "$orderby must be createdDateTime or updatedDateTime, with or without desc.");
        }
        Map<ObjectNode, String> times = new IdentityHashMap<>(found.size()); // texts of one width, looked up once each
        found.forEach(referral -> times.put(referral, referral.get(words[0]).textValue()));
        Comparator<ObjectNode> byTime = Comparator.comparing(times::get);
        found.sort(direction.equals("desc") ? byTime.reversed() : byTime);
    }

    /** The members of {@code $select}, null for all. */
    private Set<String> selected() {
        String select = options.get("$select");
        if (select == null) {
            return null;
        }
        Set<String> names = Stream.of(select.split(",")).map(String::trim).collect(Collectors.toSet());
        names.stream().filter(name -> !Names.TOP_LEVEL.contains(name)).findFirst().ifPresent(name -> {
            throw Refusal.invalid("$select", "A referral has no member '" + name + "'; $select takes top-level names with commas between.");
        });
        return names;
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

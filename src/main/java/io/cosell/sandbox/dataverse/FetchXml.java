package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Queries as FetchXML: one table with attributes, orders, filters and pages. Each is put into the words of the usual query options. Joined
 * tables and sums are not simulated. Not part of contract dataverse.md; npm dynamics-web-api sends it.
 */
final class FetchXml {

    private static final Set<String> COMPARISONS = Set.of("eq", "ne", "gt", "ge", "lt", "le");
    private static final Set<String> ELEMENTS = Set.of("attribute", "all-attributes", "order", "filter");
    private static final Set<String> FETCH_ATTRIBUTES = Set.of("version", "mapping", "output-format", "distinct", "count", "page", "top",
        "paging-cookie", "returntotalrecordcount", "no-lock");
    private static final Map<String, String> TEXT = new TreeMap<>(Map.of("begins-with", "startswith(%s,%s)", "ends-with",
        "endswith(%s,%s)", "not-begin-with", "not startswith(%s,%s)", "not-end-with", "not endswith(%s,%s)"));
    private static final Map<String, String> FUNCTIONS = new TreeMap<>(Map.ofEntries(Map.entry("today", "Today"),
        Map.entry("yesterday", "Yesterday"), Map.entry("tomorrow", "Tomorrow"), Map.entry("last-seven-days", "Last7Days"),
        Map.entry("next-seven-days", "Next7Days"), Map.entry("this-week", "ThisWeek"), Map.entry("this-month", "ThisMonth"),
        Map.entry("this-year", "ThisYear"), Map.entry("on", "On"), Map.entry("on-or-after", "OnOrAfter"),
        Map.entry("on-or-before", "OnOrBefore"), Map.entry("last-x-hours", "LastXHours"), Map.entry("last-x-days", "LastXDays"),
        Map.entry("next-x-hours", "NextXHours"), Map.entry("next-x-days", "NextXDays")));

    private final Table table;
    private final Element fetch;
    private final Element entity;

    private FetchXml(Table table, Element fetch, Element entity) {
        this.table = table;
        this.fetch = fetch;
        this.entity = entity;
    }

    /**
     * Answers one page.
     *
     * @throws Refusal 400 for what is no FetchXML of this table, 501 for what is not simulated
     */
    static Reply answer(Schema schema, Store store, Clock clock, Table table, View view, String text) {
        Element fetch = parse(text);
        List<Element> entities = children(fetch);
        if (!fetch.getTagName().equals("fetch") || entities.size() != 1 || !entities.get(0).getAttribute("name").equals(table.name())) {
            throw Refusal.query("The FetchXML holds one entity, the table " + table.name() + " of the address.");
        }
        FetchXml query = new FetchXml(table, fetch, entities.get(0));
        query.refuseUnknown();
        return query.page(Query.parse(schema, store, clock, table, query.options()), store, view);
    }

    private static Element parse(String text) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new Refusal(400, "0x80040201", "Invalid XML: " + e.getMessage());
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Element> children(Element of) {
        List<Element> children = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    private List<Element> children(String name) {
        return children(entity).stream().filter(child -> child.getTagName().equals(name)).toList();
    }

    private void refuseUnknown() {
        for (int i = 0; i < fetch.getAttributes().getLength(); i++) {
            String name = fetch.getAttributes().item(i).getNodeName();
            if (!FETCH_ATTRIBUTES.contains(name)) {
                throw Refusal.unsupported("the attribute " + name + " of FetchXML");
            }
        }
        children(entity).stream().map(Element::getTagName).filter(name -> !ELEMENTS.contains(name)).findFirst().ifPresent(name -> {
            throw Refusal.unsupported("the element " + name + " of FetchXML");
        });
    }

    /** The same question as query options. */
    private Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        if (!children("attribute").isEmpty() && children("all-attributes").isEmpty()) {
            options.put("$select", children("attribute").stream().map(one -> readName(one.getAttribute("name")))
                .collect(Collectors.joining(",")));
        }
        if (!children("filter").isEmpty()) {
            options.put("$filter", children("filter").stream().map(this::filter).collect(Collectors.joining(" and ")));
        }
        if (!children("order").isEmpty()) {
            options.put("$orderby", children("order").stream().map(order -> readName(order.getAttribute("attribute"))
                + ("true".equals(order.getAttribute("descending")) ? " desc" : "")).collect(Collectors.joining(",")));
        }
        return options;
    }

    private String readName(String name) {
        Column column = table.columns().get(name);
        return column == null ? name : column.readName();
    }

    private String filter(Element filter) {
        String joined = children(filter).stream().map(child -> switch (child.getTagName()) {
            case "filter" -> filter(child);
            case "condition" -> condition(child);
            default -> throw Refusal.unsupported("the element " + child.getTagName() + " in a filter of FetchXML");
        }).collect(Collectors.joining("or".equals(filter.getAttribute("type")) ? " or " : " and "));
        if (joined.isEmpty()) {
            throw Refusal.query("A filter of the FetchXML is empty.");
        }
        return "(" + joined + ")";
    }

    private String condition(Element condition) {
        String name = readName(condition.getAttribute("attribute"));
        String operator = condition.getAttribute("operator");
        String value = condition.getAttribute("value");
        if (COMPARISONS.contains(operator)) {
            return name + " " + operator + " " + literal(condition.getAttribute("attribute"), value);
        } else if (operator.equals("null") || operator.equals("not-null")) {
            return name + (operator.equals("null") ? " eq null" : " ne null");
        } else if (operator.equals("in") || operator.equals("not-in")) {
            String list = children(condition).stream().map(one -> quoted(one.getTextContent())).collect(Collectors.joining(","));
            return "Microsoft.Dynamics.CRM." + (operator.equals("in") ? "In" : "NotIn") + "(PropertyName='" + name + "',PropertyValues=["
                + list + "])";
        } else if (operator.equals("like") || operator.equals("not-like")) {
            return (operator.equals("like") ? "" : "not ") + like(name, value);
        } else if (TEXT.containsKey(operator)) {
            return String.format(TEXT.get(operator), name, quoted(value));
        } else if (FUNCTIONS.containsKey(operator)) {
            return "Microsoft.Dynamics.CRM." + FUNCTIONS.get(operator) + "(PropertyName='" + name + "'"
                + (value.isEmpty() ? "" : ",PropertyValue=" + quoted(value)) + ")";
        }
        throw Refusal.unsupported("the operator " + operator + " of FetchXML");
    }

    private static String like(String name, String value) {
        String bare = value.replaceAll("^%|%$", "");
        if (bare.contains("%") || bare.contains("_")) {
            throw Refusal.unsupported("like with wildcards inside the text");
        }
        String function = value.startsWith("%") ? value.endsWith("%") ? "contains" : "endswith" : value.endsWith("%") ? "startswith" : null;
        return function == null ? "(" + name + " eq " + quoted(bare) + ")" : function + "(" + name + "," + quoted(bare) + ")";
    }

    private String literal(String attribute, String value) {
        Column column = table.columns().get(attribute);
        if (column != null && column.type().isText()) {
            return quoted(value);
        }
        return column != null && column.type() == Type.BOOL ? value.replace("1", "true").replace("0", "false")
            : value.replaceAll("[{}]", "");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private int number(String attribute, int usual) {
        String text = fetch.getAttribute(attribute);
        try {
            int number = text.isEmpty() ? usual : Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, as numbers below 1 are
        }
        throw Refusal.query("The attribute " + attribute + " of the FetchXML must be a number from 1, not '" + text + "'.");
    }

    private Reply page(Query query, Store store, View view) {
        int size = Math.min(number("top", Prefer.LARGEST_PAGE), number("count", Prefer.LARGEST_PAGE));
        int page = number("page", 1);
        Pages.Slice slice = Pages.slice(store.rows(table.name()), table, query, null, Math.multiplyExact(size, page));
        List<Row> rows = slice.rows().stream().skip((long) size * (page - 1)).toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", view.context(table, query));
        if ("true".equals(fetch.getAttribute("returntotalrecordcount"))) {
            json.put("@" + Prefer.TOTAL, Math.min(slice.all(), Prefer.LARGEST_PAGE));
            json.put("@" + Prefer.TOTAL_CAPPED, slice.all() > Prefer.LARGEST_PAGE);
        }
        json.put("value", rows.stream().map(row -> view.row(table, row, query)).toList());
        if (slice.more() && fetch.getAttribute("top").isEmpty()) {
            json.put("@Microsoft.Dynamics.CRM.morerecords", true);
            json.put("@Microsoft.Dynamics.CRM.fetchxmlpagingcookie", cookie(rows.get(0), rows.get(rows.size() - 1), page));
        }
        return Reply.json(200, json);
    }

    /** Holds an inner cookie, encoded twice, as the real one does; the sandbox itself goes by the number of the page. */
    private String cookie(Row first, Row last, int page) {
        String inner = "<cookie page=\"" + page + "\"><" + table.id() + " last=\"{" + last.id() + "}\" first=\"{" + first.id()
            + "}\" /></cookie>";
        return "<cookie pagenumber=\"" + (page + 1) + "\" pagingcookie=\"" + encoded(encoded(inner)) + "\" istracking=\"False\" />";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

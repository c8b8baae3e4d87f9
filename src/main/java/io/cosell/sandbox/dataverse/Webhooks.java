package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Event;
import io.cosell.sandbox.EventPolicy;
import io.cosell.sandbox.EventSender;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Tells webhooks of committed changes, asynchronously and in no promised order (section 3.7). Who is told stands in the tables
 * serviceendpoint and sdkmessageprocessingstep.
 */
final class Webhooks {

    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final int LARGEST_BODY = 256 * 1024;
    private static final Duration TIME_OUT = Duration.ofSeconds(60);
    private static final Set<Integer> TRIED_AGAIN = Set.of(502, 503, 504);
    /** One more try after a gateway's failure, at once; nobody waits for anybody. */
    static final EventPolicy POLICY = new EventPolicy(2, EventPolicy.Answer::is2xx, answer -> TRIED_AGAIN.contains(answer.status()),
        made -> Duration.ZERO, TIME_OUT, false);
    private static final List<String> DROPPED_WHEN_LARGE = List.of("ParentContext", "InputParameters", "PreEntityImages",
        "PostEntityImages");
    private static final int PRE_IMAGE = 0;
    private static final int POST_IMAGE = 1;
    private static final int BOTH_IMAGES = 2;
    private static final String CONTRACTS = ":http://schemas.microsoft.com/xrm/2011/Contracts";

    private final Schema schema;
    private final Store store;
    private final Clock clock;
    private final EventSender sender;
    /** Calls that may not have ended, by the number of their delivery. */
    private final Map<Integer, Open> open = new LinkedHashMap<>();

    /** A call begun for a step. */
    private record Open(String step, Ref about, boolean deletedOnSuccess) {
    }

    Webhooks(Schema schema, Store store, Clock clock, EventSender sender) {
        this.schema = schema;
        this.store = store;
        this.clock = clock;
        this.sender = sender;
    }

    /** Starts the deliveries of a change. */
    void tell(Change change) {
        for (Row step : store.rows("sdkmessageprocessingstep")) {
            if (change.by().tells(step.id()) && fits(step, change)) {
                deliver(step, store.find("serviceendpoint", ((Ref) step.get("eventhandler")).id()), change);
            }
        }
    }

    private boolean fits(Row step, Change change) {
        Row message = store.find("sdkmessage", ((Ref) step.get("sdkmessageid")).id());
        if ((Integer) step.get("statecode") != 0 || !change.message().equals(message.get("name"))) {
            return false;
        }
        if (step.get("sdkmessagefilterid") instanceof Ref filter
            && !change.row().table().equals(store.find(filter.table(), filter.id()).get("primaryobjecttypecode"))) {
            return false;
        }
        String filtering = (String) step.get("filteringattributes");
        return filtering == null || !change.message().equals("Update")
            || List.of(filtering.split("\\s*,\\s*")).stream().anyMatch(change.written()::containsKey);
    }

    private void deliver(Row step, Row endpoint, Change change) {
        Map<String, String> settings = settings(endpoint);
        int kind = (Integer) endpoint.get("authtype");
        String url = (String) endpoint.get("url");
        if (kind == 4) {
            url = withParameter(url, "code", (String) endpoint.get("authvalue"));
        } else if (kind == 6) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                url = withParameter(url, setting.getKey(), setting.getValue());
            }
        }
        String correlation = UUID.randomUUID().toString();
        Map<String, Object> context = context(step, change, correlation);
        byte[] body = bytes(context);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put("x-ms-dynamics-organization", "sandbox");
        headers.put("x-ms-dynamics-entity-name", change.row().table());
        headers.put("x-ms-dynamics-request-name", change.message());
        headers.put("x-ms-correlation-request-id", correlation);
        if (body.length > LARGEST_BODY) {
            DROPPED_WHEN_LARGE.forEach(context::remove);
            body = bytes(context);
            headers.put("x-ms-dynamics-msg-size-exceeded", "true");
        }
        if (kind == 5) {
            headers.putAll(settings);
        }
        Event.Target to = new Event.Target(url, headers);
        String about = change.row().table() + "(" + change.row().id() + ")";
        open.put(sender.send(new Event(change.message(), about, body, () -> to)), new Open((String) step.get("name"),
            new Ref(change.row().table(), change.row().id()), Boolean.TRUE.equals(step.get("asyncautodelete"))));
    }

    /**
     * Writes an asyncoperation row for each call that has ended since: 30 Succeeded, unless its step wants such rows deleted, or 31 Failed.
     * Done whenever somebody is about to look, since calls end while nobody holds the sandbox's monitor. No listener is told of these rows.
     */
    void noteEnded() {
        if (open.isEmpty()) {
            return;
        }
        Map<Integer, Delivery> deliveries = new LinkedHashMap<>();
        sender.deliveries().forEach(delivery -> deliveries.put(delivery.number(), delivery));
        store.transaction(() -> open.entrySet().removeIf(call -> noted(call.getValue(), deliveries.get(call.getKey()))));
    }

    /** True if nothing more is to be expected of a call; delivery is null where so many came after it that it is forgotten. */
    private boolean noted(Open call, Delivery delivery) {
        if (delivery != null) {
            if (delivery.state() == Delivery.State.HELD || delivery.state() == Delivery.State.WAITING) {
                return false;
            }
            boolean failed = delivery.state() == Delivery.State.FAILED;
            if (failed || delivery.state() == Delivery.State.DELIVERED && !call.deletedOnSuccess()) {
                put(call, delivery, failed);
            }
        }
        return true;
    }

    private void put(Open call, Delivery delivery, boolean failed) {
        Delivery.Attempt last = delivery.attempts().isEmpty() ? null : delivery.attempts().get(delivery.attempts().size() - 1);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", call.step());
        values.put("messagename", delivery.event());
        values.put("primaryentitytype", call.about().table());
        values.put("regardingobjectid", call.about());
        values.put("statecode", 3);
        values.put("statuscode", failed ? 31 : 30);
        values.put("startedon", delivery.at().truncatedTo(ChronoUnit.SECONDS));
        values.put("createdon", delivery.at().truncatedTo(ChronoUnit.SECONDS));
        values.put("modifiedon", clock.instant().truncatedTo(ChronoUnit.SECONDS));
        if (failed) {
            values.put("message", last == null ? "The webhook could not be called."
                : last.status() == 0 ? "The webhook gave no answer: " + last.message() : "The webhook answered " + last.status() + ".");
        }
        if (last != null) {
            values.put("completedon", last.at().truncatedTo(ChronoUnit.SECONDS));
        }
        if (store.find(call.about().table(), call.about().id()) == null) {
            values.remove("regardingobjectid"); // deleted meanwhile
        }
        store.put("asyncoperation", UUID.randomUUID().toString(), values);
    }

    /** Forgets calls under way: what becomes of them is told to nobody. */
    void forgetOpen() {
        open.clear();
    }

    private static String withParameter(String url, String name, String value) {
        return url + (url.contains("?") ? "&" : "?") + URLEncoder.encode(name, StandardCharsets.UTF_8) + "="
            + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Reads {@code <settings><setting name="n" value="v"/></settings>}; anything else is a key and has no settings. */
    private static Map<String, String> settings(Row endpoint) {
        String authvalue = (String) endpoint.get("authvalue");
        Map<String, String> settings = new LinkedHashMap<>();
        if (authvalue == null || !authvalue.startsWith("<settings")) {
            return settings;
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            NodeList nodes = factory.newDocumentBuilder().parse(new InputSource(new StringReader(authvalue)))
                .getElementsByTagName("setting");
            for (int i = 0; i < nodes.getLength(); i++) {
                settings.put(((Element) nodes.item(i)).getAttribute("name"), ((Element) nodes.item(i)).getAttribute("value"));
            }
            return settings;
        } catch (SAXException | IOException | ParserConfigurationException e) {
            LOG.warn("The serviceendpoint {} is called without settings: its authvalue is no <settings> document", endpoint.get("name"), e);
            return Map.of(); // an endpoint that can't be called must not fail the user's save
        }
    }

    private static byte[] bytes(Map<String, Object> context) {
        try {
            return SandboxSystem.JSON.writeValueAsBytes(context);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The body: a RemoteExecutionContext. */
    private Map<String, Object> context(Row step, Change change, String correlation) {
        Row row = change.row();
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("BusinessUnitId", WebApi.BUSINESS_UNIT);
        context.put("CorrelationId", correlation);
        context.put("Depth", 1);
        context.put("InitiatingUserAzureActiveDirectoryObjectId", entraId(change.by().user()));
        context.put("InitiatingUserId", change.by().user());
        context.put("InputParameters", List.of(pair("Target", change.message().equals("Delete") ? reference(new Ref(row.table(), row.id()))
            : entity(row, change.written()))));
        context.put("IsExecutingOffline", false);
        context.put("IsInTransaction", false);
        context.put("IsOfflinePlayback", false);
        context.put("IsolationMode", 1);
        context.put("MessageName", change.message());
        context.put("Mode", 1);
        context.put("OperationCreatedOn", "/Date(" + clock.instant().toEpochMilli() + "+0000)/");
        context.put("OperationId", UUID.randomUUID().toString());
        context.put("OrganizationId", WebApi.ORGANIZATION);
        context.put("OrganizationName", "sandbox");
        context.put("OutputParameters", change.message().equals("Create") ? List.of(pair("id", row.id())) : List.of());
        context.put("OwningExtension", null);
        context.put("ParentContext", null);
        context.put("PostEntityImages", images(step, POST_IMAGE, change.message().equals("Delete") ? null : change.row()));
        context.put("PreEntityImages", images(step, PRE_IMAGE, change.before()));
        context.put("PrimaryEntityId", row.id());
        context.put("PrimaryEntityName", row.table());
        context.put("RequestId", UUID.randomUUID().toString());
        context.put("SecondaryEntityName", "none");
        context.put("SharedVariables", change.by().tag() == null ? List.of() : List.of(pair("tag", change.by().tag())));
        context.put("Stage", 40);
        context.put("UserAzureActiveDirectoryObjectId", entraId(change.by().user()));
        context.put("UserId", change.by().user());
        return context;
    }

    /**
     * Copies of a row that a step's images ask for.
     *
     * @param kind {@link #PRE_IMAGE} or {@link #POST_IMAGE}
     * @param row  null where there is none: before a creation, after a deletion
     */
    private List<Object> images(Row step, int kind, Row row) {
        if (row == null) {
            return List.of();
        }
        List<Object> images = new ArrayList<>();
        for (Row image : store.rowsWith("sdkmessageprocessingstepimage", "sdkmessageprocessingstepid", new Ref(step.table(), step.id()))) {
            if (image.get("imagetype").equals(kind) || image.get("imagetype").equals(BOTH_IMAGES)) {
                String list = (String) image.get("attributes");
                Map<String, Object> values = new LinkedHashMap<>(row.values());
                if (list != null) {
                    values.keySet().retainAll(List.of(list.trim().split("\\s*,\\s*")));
                }
                values.remove("versionnumber");
                images.add(pair((String) image.get("entityalias"), entity(row, values)));
            }
        }
        return images;
    }

    private Object entraId(String user) {
        return store.find("systemuser", user).get("azureactivedirectoryobjectid");
    }

    private Map<String, Object> entity(Row row, Map<String, Object> written) {
        Table table = schema.table(row.table());
        List<Object> attributes = new ArrayList<>();
        written.forEach((name, value) -> attributes.add(pair(name, typed(table.columns().get(name), value))));
        attributes.add(pair(table.id(), row.id()));
        Map<String, Object> entity = new LinkedHashMap<>();
        entity.put("__type", "Entity" + CONTRACTS);
        entity.put("Attributes", attributes);
        entity.put("EntityState", null);
        entity.put("FormattedValues", List.of());
        entity.put("Id", row.id());
        entity.put("KeyAttributes", List.of());
        entity.put("LogicalName", row.table());
        entity.put("RelatedEntities", List.of());
        entity.put("RowVersion", null);
        return entity;
    }

    private static Object typed(Column column, Object value) {
        if (value instanceof Ref ref) {
            return reference(ref);
        }
        if (value instanceof LocalDate date) {
            return "/Date(" + date.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() + ")/";
        }
        if (value instanceof Instant time) {
            return "/Date(" + time.toEpochMilli() + ")/";
        }
        if (value != null && column.type() == Type.MONEY) {
            return wrapped("Money", value);
        }
        return value != null && column.type().isChoice() ? wrapped("OptionSetValue", value) : value;
    }

    private static Map<String, Object> wrapped(String type, Object value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("__type", type + CONTRACTS);
        json.put("Value", value);
        return json;
    }

    private static Map<String, Object> reference(Ref ref) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("__type", "EntityReference" + CONTRACTS);
        json.put("Id", ref.id());
        json.put("LogicalName", ref.table());
        json.put("Name", null);
        json.put("KeyAttributes", List.of());
        json.put("RowVersion", null);
        return json;
    }

    private static Map<String, Object> pair(String key, Object value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", key);
        json.put("value", value);
        return json;
    }
}

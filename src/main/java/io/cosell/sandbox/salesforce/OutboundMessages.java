package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Change;
import io.cosell.sandbox.Event;
import io.cosell.sandbox.EventPolicy;
import io.cosell.sandbox.EventSender;
import io.cosell.sandbox.Row;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Outbound messages (section 3.7): what a workflow or flow of the organisation sends when a record is saved. SOAP, a hundred
 * notifications at most in one; sent again with growing pauses until the answer holds {@code <Ack>true</Ack>}. No session id is sent.
 */
final class OutboundMessages {

    private static final int MOST_NOTIFICATIONS = 100;
    private static final String ACTION_PREFIX = "04k";
    private static final String NOTIFICATION_PREFIX = "04l";
    private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String OUTBOUND = "http://soap.sforce.com/2005/09/outbound";
    private static final String ENTITY = "urn:sobject.enterprise.soap.sforce.com";
    private static final String INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
    private static final Pattern ACK = Pattern.compile("<(\\w+:)?Ack>\\s*true\\s*</");
    /** Pauses that double from one attempt to the next, until the longest: attempts within 24 hours if the first is five seconds. */
    private static final int ATTEMPTS = 22;
    private static final int LONGEST_PAUSE = 1440;

    /**
     * A message that is set up.
     *
     * @param id     of the action
     * @param name   names it to people
     * @param object API name of the object whose saves it tells of
     * @param fields API names of the fields it shows
     * @param url    where to
     */
    record Message(String id, String name, String object, List<String> fields, String url) {
    }

    private final Org org;
    private final EventSender sender;
    private final Map<String, Message> messages = new LinkedHashMap<>();
    private long notifications;

    OutboundMessages(Org org, EventSender sender) {
        this.org = org;
        this.sender = sender;
    }

    /**
     * How messages are sent.
     *
     * @param pause before the second attempt; the real service's pauses grow up to two hours and end after a day
     */
    static EventPolicy policy(Duration pause) {
        return new EventPolicy(ATTEMPTS, answer -> answer.is2xx() && ACK.matcher(answer.body()).find(), answer -> true,
            made -> pause.multipliedBy(Math.min(1L << Math.min(made - 1, 20), LONGEST_PAUSE)), Duration.ofSeconds(60), false);
    }

    /**
     * Sets a message up, or up anew under the same name.
     *
     * @return its id
     */
    String register(String name, String object, List<String> fields, String url) {
        SObject described = org.schema().require(object);
        List<String> proper = fields.stream().map(field -> described.field(field).orElseThrow(() ->
            new IllegalArgumentException("There is no field " + field + " of " + described.name() + ".")).name()).toList();
        Message message = new Message(messages.containsKey(name) ? messages.get(name).id() : Ids.of(ACTION_PREFIX, messages.size() + 1L),
            name, described.name(), proper, url);
        messages.put(name, message);
        return message.id();
    }

    /** Sends a message no more. */
    void remove(String name) {
        messages.remove(name);
    }

    /** Everything that is set up. */
    List<Message> all() {
        return List.copyOf(messages.values());
    }

    /** Sets up these messages and no others. */
    void restore(List<Message> others) {
        messages.clear();
        others.forEach(message -> messages.put(message.name(), message));
    }

    /** Tells of what was saved in one transaction; deletions raise no message. A record saved several times is told of once. */
    void tell(List<Change> changes) {
        for (Message message : all()) {
            Map<String, Row> saved = new LinkedHashMap<>();
            changes.stream().filter(change -> change.row().table().equals(message.object()) && !change.message().equals("Delete"))
                .forEach(change -> saved.put(change.row().id(), change.row()));
            List<Row> rows = new ArrayList<>(saved.values());
            for (int from = 0; from < rows.size(); from += MOST_NOTIFICATIONS) {
                send(message, rows.subList(from, Math.min(from + MOST_NOTIFICATIONS, rows.size())));
            }
        }
    }

    private void send(Message message, List<Row> rows) {
        byte[] body = body(message, rows).getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Map.of("Content-Type", "text/xml; charset=UTF-8", "SOAPAction", "\"\"");
        String about = message.object() + " " + String.join(", ", rows.stream().map(Row::id).toList());
        sender.send(new Event(message.name(), about, body, () -> new Event.Target(message.url(), headers)));
    }

    private String body(Message message, List<Row> rows) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("soapenv", "Envelope", SOAP);
            xml.writeNamespace("soapenv", SOAP);
            xml.writeNamespace("xsi", INSTANCE);
            xml.writeStartElement("soapenv", "Body", SOAP);
            xml.writeStartElement("notifications");
            xml.writeDefaultNamespace(OUTBOUND);
            element(xml, "OrganizationId", org.store().rows("Organization").get(0).id());
            element(xml, "ActionId", message.id());
            xml.writeEmptyElement("SessionId");
            xml.writeAttribute("xsi", INSTANCE, "nil", "true");
            for (Row row : rows) {
                notification(xml, message, row);
            }
            xml.writeEndDocument();
            xml.close();
            return text.toString();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void notification(XMLStreamWriter xml, Message message, Row row) throws XMLStreamException {
        xml.writeStartElement("Notification");
        element(xml, "Id", Ids.of(NOTIFICATION_PREFIX, ++notifications));
        xml.writeStartElement("sObject");
        xml.writeNamespace("sf", ENTITY);
        xml.writeAttribute("xsi", INSTANCE, "type", "sf:" + message.object());
        xml.writeStartElement("sf", "Id", ENTITY);
        xml.writeCharacters(row.id());
        xml.writeEndElement();
        for (String field : message.fields()) {
            Object value = row.get(field);
            if (value != null && !field.equals("Id")) {
                xml.writeStartElement("sf", field, ENTITY);
                xml.writeCharacters(value instanceof Instant time ? time.toString() : Values.toJson(value).toString());
                xml.writeEndElement();
            }
        }
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static void element(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(value);
        xml.writeEndElement();
    }
}

package io.cosell.sandbox.dataverse;

import java.io.StringWriter;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The document {@code $metadata}: entity types and sets in CSDL 4.0, as far as {@code tables.yaml} knows them. */
final class Csdl {

    private static final String EDM = "http://docs.oasis-open.org/odata/ns/edm";
    private static final String EDMX = "http://docs.oasis-open.org/odata/ns/edmx";
    private static final Map<Type, String> TYPES = Map.ofEntries(Map.entry(Type.STRING, "Edm.String"), Map.entry(Type.MEMO, "Edm.String"),
        Map.entry(Type.MONEY, "Edm.Decimal"), Map.entry(Type.DECIMAL, "Edm.Decimal"), Map.entry(Type.DOUBLE, "Edm.Double"),
        Map.entry(Type.INT, "Edm.Int32"), Map.entry(Type.BIGINT, "Edm.Int64"), Map.entry(Type.BOOL, "Edm.Boolean"),
        Map.entry(Type.CHOICE, "Edm.Int32"), Map.entry(Type.STATE, "Edm.Int32"), Map.entry(Type.STATUS, "Edm.Int32"),
        Map.entry(Type.DATE, "Edm.Date"), Map.entry(Type.DATETIME, "Edm.DateTimeOffset"), Map.entry(Type.LOOKUP, "Edm.Guid"),
        Map.entry(Type.OWNER, "Edm.Guid"), Map.entry(Type.CUSTOMER, "Edm.Guid"), Map.entry(Type.UNIQUEIDENTIFIER, "Edm.Guid"));

    private final Schema schema;
    private final XMLStreamWriter xml;

    private Csdl(Schema schema, XMLStreamWriter xml) {
        this.schema = schema;
        this.xml = xml;
    }

    static String of(Schema schema) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            new Csdl(schema, xml).write();
            xml.close();
            return text.toString();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write() throws XMLStreamException {
        xml.writeStartDocument("utf-8", "1.0");
        xml.writeStartElement("edmx", "Edmx", EDMX);
        xml.writeNamespace("edmx", EDMX);
        xml.writeAttribute("Version", "4.0");
        xml.writeStartElement("edmx", "DataServices", EDMX);
        xml.writeStartElement("", "Schema", EDM);
        xml.writeDefaultNamespace(EDM);
        xml.writeAttribute("Namespace", "Microsoft.Dynamics.CRM");
        xml.writeAttribute("Alias", "mscrm");
        element("EntityType", "Name", "crmbaseentity", "Abstract", "true");
        for (Table table : schema.all()) {
            type(table);
        }
        xml.writeStartElement("EntityContainer");
        xml.writeAttribute("Name", "System");
        for (Table table : schema.all()) {
            set(table);
        }
        for (int open = 0; open < 4; open++) {
            xml.writeEndElement();
        }
        xml.writeEndDocument();
    }

    private void type(Table table) throws XMLStreamException {
        xml.writeStartElement("EntityType");
        xml.writeAttribute("Name", table.name());
        xml.writeAttribute("BaseType", "mscrm.crmbaseentity");
        xml.writeStartElement("Key");
        element("PropertyRef", "Name", table.id());
        xml.writeEndElement();
        element("Property", "Name", table.id(), "Type", "Edm.Guid");
        for (Column column : table.columns().values()) {
            element("Property", "Name", column.readName(), "Type", TYPES.get(column.type()));
        }
        for (Column column : table.columns().values()) {
            for (String target : column.targets()) {
                element("NavigationProperty", "Name", column.navigation(target), "Type", "mscrm." + target);
                if (column.navigations().get(column.navigation(target)).size() > 1) {
                    break; // an owner has one property for all its tables
                }
            }
        }
        for (Map.Entry<String, Table.Many> many : table.collections().entrySet()) {
            element("NavigationProperty", "Name", many.getKey(), "Type", "Collection(mscrm." + many.getValue().table() + ")");
        }
        xml.writeEndElement();
    }

    private void set(Table table) throws XMLStreamException {
        xml.writeStartElement("EntitySet");
        xml.writeAttribute("Name", table.set());
        xml.writeAttribute("EntityType", "Microsoft.Dynamics.CRM." + table.name());
        for (Map.Entry<String, Table.Many> many : table.collections().entrySet()) {
            element("NavigationPropertyBinding", "Path", many.getKey(), "Target", schema.table(many.getValue().table()).set());
        }
        xml.writeEndElement();
    }

    private void element(String name, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(name);
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }
}

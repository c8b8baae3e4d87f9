package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records as answers show them (section 3.1). */
final class View {

    private View() {
    }

    /**
     * The address of a record, without host.
     *
     * @param root such as {@code /services/data/v60.0}
     */
    static String address(String root, SObject object, String id) {
        return root + "/sobjects/" + object.name() + "/" + id;
    }

    /** The member {@code attributes} that every record begins with. */
    static Map<String, Object> attributes(String root, SObject object, String id) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("type", object.name());
        attributes.put("url", address(root, object, id));
        return attributes;
    }

    /** A record with some of its fields. */
    static Map<String, Object> record(String root, SObject object, Row row, Collection<Field> fields) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("attributes", attributes(root, object, row.id()));
        fields.forEach(field -> json.put(field.name(), value(root, object, row, field)));
        return json;
    }

    /** One value: of a file, where it is to be had. */
    static Object value(String root, SObject object, Row row, Field field) {
        Object value = row.get(field.name());
        return field.type() == Type.BASE64 && value != null ? address(root, object, row.id()) + "/" + field.name() : Values.toJson(value);
    }
}

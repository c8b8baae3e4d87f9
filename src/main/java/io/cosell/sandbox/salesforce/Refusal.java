package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A call Salesforce refuses, with the body of section 3.5: always an array. Rolls back the transaction it is thrown in. */
final class Refusal extends RuntimeException {

    /**
     * One error.
     *
     * @param code    errorCode; a collection call names it statusCode (section 3.3)
     * @param message text for people
     * @param fields  API names of the fields concerned; null where the answer has no such member
     * @param more    further members, before the others
     */
    record Error(String code, String message, List<String> fields, Map<String, Object> more) {

        /** As single calls show it. */
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>(more);
            json.put("message", message);
            json.put("errorCode", code);
            if (fields != null) {
                json.put("fields", fields);
            }
            return json;
        }

        /** As calls on collections show it. */
        Map<String, Object> jsonInCollection() {
            Map<String, Object> json = new LinkedHashMap<>(more);
            json.put("statusCode", code);
            json.put("message", message);
            json.put("fields", fields == null ? List.of() : fields);
            return json;
        }
    }

    private final int status;
    private final List<Error> errors;
    private final transient List<String> choices;

    private Refusal(int status, List<Error> errors, List<String> choices) {
        super(errors.isEmpty() ? "several records fit" : errors.get(0).code() + ": " + errors.get(0).message(), null, false, false);
        this.status = status;
        this.errors = errors;
        this.choices = choices;
    }

    /** A refusal of a call as such: its errors have no {@code fields}. */
    Refusal(int status, String code, String message) {
        this(status, List.of(new Error(code, message, null, Map.of())), null);
    }

    /** 400, a refusal of what is to be written. */
    static Refusal record(String code, String message, String... fields) {
        return new Refusal(400, List.of(new Error(code, message, List.of(fields), Map.of())), null);
    }

    /** 400, a refusal of what is to be written, with more than one error or with further members. */
    static Refusal records(List<Error> errors) {
        return new Refusal(400, List.copyOf(errors), null);
    }

    /** 300: the external id fits several records (section 3.1). A collection call shows an error in its place. */
    static Refusal choices(String field, List<String> addresses) {
        return new Refusal(300, List.of(new Error("DUPLICATE_EXTERNAL_ID", field
            + ": more than one record found for external id field: " + addresses, List.of(field), Map.of())), addresses);
    }

    /** 400: no such field. */
    static Refusal noField(String field, SObject object) {
        return record("INVALID_FIELD", "No such column '" + field + "' on sobject of type " + object.name());
    }

    /** 404: nothing at this address. */
    static Refusal notFound() {
        return new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
    }

    /** 404: records can't be addressed by this field. */
    static Refusal noExternalId(String field) {
        return new Refusal(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + field);
    }

    /** 400: an id that is none, or one of another object. */
    static Refusal malformedId(String label, String id, String... fields) {
        return record("MALFORMED_ID", label + ": id value of incorrect type: " + id, fields);
    }

    /** 404: it was there. */
    static Refusal deleted() {
        return new Refusal(404, List.of(new Error("ENTITY_IS_DELETED", "entity is deleted", List.of(), Map.of())), null);
    }

    /** 501: outside what the sandbox simulates. */
    static Refusal unsupported(String what) {
        return new Refusal(501, "NOT_IMPLEMENTED", "The Salesforce sandbox does not simulate " + what + ".");
    }

    int status() {
        return status;
    }

    List<Error> errors() {
        return errors;
    }

    Reply reply() {
        return Reply.json(status, choices != null ? choices : errors.stream().map(Error::json).toList());
    }
}
